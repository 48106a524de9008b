"""LETTER_HOST: the HTML of letters on a host of its own."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mailbox.models import Folder, Placement
from tests.views.conftest import flat, lay
from tests.views.test_letter_body import PICTURE

HOST = "letters.example.net"


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> None:
    settings.LETTER_HOST = HOST
    settings.ALLOWED_HOSTS = ["testserver", HOST]
    settings.SITE_URL = "https://testserver"


@pytest.fixture
def mill(inbox: Folder) -> Placement:
    return lay(inbox, PICTURE)


def frame(browser: Client, placement: Placement) -> str:
    """The address that the page gives its frame."""
    page = flat(browser.get(f"/t/{placement.message.thread_id}/"))
    return page.partition("<iframe")[2].partition('src="')[2].partition('"')[0].replace("&amp;", "&")


def there(client: Client, path: str) -> int:
    return client.get(path, headers={"host": HOST}).status_code


def test_the_page_frames_it_from_there_with_a_key(browser: Client, mill: Placement) -> None:
    address = urlsplit(frame(browser, mill))
    assert (address.scheme, address.netloc) == ("https", HOST)
    assert parse_qs(address.query)["key"]


def test_the_key_opens_it_without_a_cookie_and_sets_none(browser: Client, client: Client, mill: Placement) -> None:
    address = urlsplit(frame(browser, mill))
    answer = client.get(f"{address.path}?{address.query}", headers={"host": HOST})
    assert "Here:" in answer.content.decode()
    assert "frame-ancestors https://testserver;" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_its_pictures_come_from_there_too(browser: Client, client: Client, mill: Placement) -> None:
    address = urlsplit(frame(browser, mill))
    page = client.get(f"{address.path}?{address.query}", headers={"host": HOST}).content.decode()
    picture = page.partition('src="')[2].partition('"')[0].replace("&amp;", "&")
    assert there(client, picture) == 200


def test_no_key_or_another_letters_opens_nothing(browser: Client, client: Client, inbox: Folder, mill: Placement) -> None:
    other = lay(inbox, PICTURE.replace(b"The mill", b"Another"))
    key = urlsplit(frame(browser, other)).query
    for query in ("", "?key=x", f"?{key}"):
        assert there(client, f"/l/{mill.message_id}/body{query}") == 404


def test_a_session_is_worth_nothing_there(browser: Client, mill: Placement) -> None:
    assert there(browser, f"/l/{mill.message_id}/body") == 404


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/l/1/source", "/l/1/", "/static/css/mail.css", "/live/"])
def test_there_is_nothing_else_there(client: Client, db: None, path: str) -> None:
    assert there(client, path) == 404
