"""A person has forgotten the password and asks for a link."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from accounts.models import OneTimeLink, User
from accounts.views import gate

ASK = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def house_that_writes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SYSTEM_MAILBOX = "postmaster@crepes.fr"
    monkeypatch.setattr(gate, "STEADY", 0.0)


def test_a_letter_with_a_link_comes(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert client.post(ASK, {"email": "Alice@crepes.fr"}).url == reverse("account_reset_password_done")
    letter = mailoutbox[0]
    assert (letter.to, letter.from_email) == ([alice.email], "postmaster@crepes.fr")
    assert re.search(r"^http://localhost:8000/accounts/link/[\w-]{43}/$", str(letter.body), re.M)


def test_the_letter_is_text_only(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(ASK, {"email": alice.email})
    assert mailoutbox[0].content_subtype == "plain"
    assert not getattr(mailoutbox[0], "alternatives", [])
    assert "<" not in mailoutbox[0].body
    assert "&" not in mailoutbox[0].body


def test_the_host_is_ours_whatever_the_request_says(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    """C-132."""
    client.post(ASK, {"email": alice.email}, headers={"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"})
    assert "http://localhost:8000/accounts/link/" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body


def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    client: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    known = client.post(ASK, {"email": alice.email}, follow=True)
    unknown = client.post(ASK, {"email": "nobody@crepes.fr"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    strip = re.compile(rb'value="\w{64}"|token": "\w{64}')
    assert strip.sub(b"", known.content) == strip.sub(b"", unknown.content)
    assert len(mailoutbox) == 1


def test_the_answer_takes_as_long_for_every_address(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(gate, "STEADY", 60.0)
    monkeypatch.setattr("accounts.views.gate.time.sleep", slept.append)
    client.post(ASK, {"email": alice.email})
    client.post(ASK, {"email": "nobody@crepes.fr"})
    assert [round(rest, -1) for rest in slept] == [60, 60]


def test_somebody_switched_off_gets_no_letter(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)
    client.post(ASK, {"email": alice.email})
    assert mailoutbox == []


def test_only_the_last_link_works(client: Client, alice: User) -> None:
    client.post(ASK, {"email": alice.email})
    client.post(ASK, {"email": alice.email})
    assert OneTimeLink.objects.open().count() == 1


def test_an_address_is_written_to_three_times_in_ten_minutes(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    answers = [Client(REMOTE_ADDR=f"192.0.2.{n}").post(ASK, {"email": alice.email}).status_code for n in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mailoutbox) == 3


def test_the_letter_is_in_the_readers_language(client: Client, alice: User, mailoutbox: list[EmailMessage]) -> None:
    seen: list[str | None] = []
    User.objects.update(language="ko")
    render = gate.links.letters.render_to_string
    gate.links.letters.render_to_string = lambda *args: seen.append(translation.get_language()) or render(*args)
    try:
        client.post(ASK, {"email": alice.email})
    finally:
        gate.links.letters.render_to_string = render
    assert seen == ["ko", "ko"]


def test_what_is_no_address_is_said_at_the_field(client: Client, db: None) -> None:
    page = client.post(ASK, {"email": "alice"}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'value="alice"' in page


def test_a_house_that_cannot_write_says_who_can_help(client: Client, alice: User, settings: Settings) -> None:
    settings.SYSTEM_MAILBOX = ""
    for response in (client.get(ASK), client.post(ASK, {"email": alice.email})):
        assert b"Ask its operator for a one-time link" in response.content
        assert b"<input class" not in response.content
