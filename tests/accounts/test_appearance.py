"""A person chooses how the pages look."""

import json
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts.middleware import preferences
from accounts.models import User
from tests.accounts.acts import sign_in

PAGE = "/settings/appearance/"
CHOICE = {
    "theme": "dark",
    "density": "compact",
    "text_size": "large",
    "reading_pane": "False",
    "language": "ko",
    "time_zone": "Asia/Seoul",
}


def test_every_choice_is_kept(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert client.post(PAGE, CHOICE).url == PAGE
    alice.refresh_from_db()
    assert (alice.theme, alice.density, alice.text_size, alice.language) == ("dark", "compact", "large", "ko")
    assert (alice.reading_pane, alice.keys, alice.time_zone) == (False, False, "Asia/Seoul")


def test_the_time_to_take_a_letter_back(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(PAGE, CHOICE | {"undo_seconds": "30"})
    alice.refresh_from_db()
    assert alice.undo_seconds == 30
    assert '<option value="30" selected>' in " ".join(client.get(PAGE).content.decode().split())


def test_the_page_wears_it(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(PAGE, CHOICE)
    page = client.get(PAGE).content.decode()
    for attribute in (
        'lang="ko"',
        'data-theme="dark"',
        'data-density="compact"',
        'data-text="large"',
        'data-keys="off"',
    ):
        assert attribute in page[page.index("<html") : page.index("<head")]


def test_the_form_shows_what_is_chosen(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(PAGE, CHOICE | {"language": ""})
    page = " ".join(client.get(PAGE).content.decode().split())
    assert '<input type="radio" name="theme" value="dark" checked>' in page
    assert '<input type="radio" name="reading_pane" value="False" checked>' in page
    assert '<option value="Asia/Seoul" selected>' in page


def test_with_script_it_is_saved_at_once_and_the_page_changes(client: Client, alice: User) -> None:
    sign_in(client, alice)
    response = client.post(PAGE, CHOICE | {"language": ""}, headers={"HX-Request": "true"})
    assert b"Saved" in response.content
    assert json.loads(response["HX-Trigger"])["look"]["theme"] == "dark"
    assert "HX-Refresh" not in response


def test_a_new_language_needs_the_whole_page(client: Client, alice: User) -> None:
    sign_in(client, alice)
    response = client.post(PAGE, CHOICE, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"time_zone": "Moon/Base"}, {"language": "tlh"}])
def test_what_is_no_choice_is_refused(client: Client, alice: User, wrong: dict[str, str]) -> None:
    sign_in(client, alice)
    assert client.post(PAGE, CHOICE | wrong).status_code == 422
    alice.refresh_from_db()
    assert alice.theme == "auto"


def hour(user: User | None, cookie: str = "") -> str:
    """What the clock of a page says at noon UTC."""
    request = RequestFactory().get("/")
    request.user = user
    request.COOKIES["zone"] = cookie
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    answer = preferences(lambda request: HttpResponse(Template("{{ noon|date:'H' }}").render(Context({"noon": noon}))))(request)
    assert isinstance(answer, HttpResponse)
    timezone.deactivate()
    translation.activate("en")
    return answer.content.decode()


def test_times_are_the_persons_own(alice: User) -> None:
    alice.time_zone = "Asia/Seoul"
    assert hour(alice, cookie="Europe/Paris") == "21"


def test_without_a_choice_the_browsers_zone_counts(alice: User) -> None:
    assert hour(alice, cookie="Europe/Paris") == "13"


@pytest.mark.parametrize("cookie", ["", "Moon/Base", "../../etc/passwd", "/etc/passwd", "Europe", "\x00", "x" * 5000])
def test_a_cookie_may_say_anything(cookie: str) -> None:
    assert hour(None, cookie) == "12"


def test_strangers_choose_a_language_at_the_gate(client: Client, db: None) -> None:
    response = client.post(reverse("set_language"), {"language": "ko", "next": reverse("account_login")})
    assert response.url == reverse("account_login")
    assert b'<html lang="ko"' in client.get(reverse("account_login")).content
