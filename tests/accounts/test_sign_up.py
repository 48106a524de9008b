"""A stranger asks for an account."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.views import gate
from tests.accounts.acts import is_signed_in, sign_in


@pytest.fixture
def open_house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGNUP, settings.SYSTEM_MAILBOX = True, "postmaster@crepes.fr"
    monkeypatch.setattr(gate, "STEADY", 0.0)


def ask(client: Client, email: str) -> None:
    client.post(reverse("account_signup"), {"email": email})


def test_the_house_is_closed_unless_the_operator_opens_it(client: Client, db: None) -> None:
    response = client.post(reverse("account_signup"), {"email": "dora@crepes.fr"})
    assert (response.status_code, User.objects.count()) == (403, 0)
    assert b"Accounts are made by invitation" in response.content


def test_only_an_open_house_shows_the_way(client: Client, db: None, settings: Settings) -> None:
    link = reverse("account_signup").encode()
    assert link not in client.get(reverse("account_login")).content
    settings.SIGNUP = True
    assert link in client.get(reverse("account_login")).content


def test_the_letter_proves_the_address(client: Client, db: None, open_house: None, mailoutbox: list[EmailMessage]) -> None:
    ask(client, "dora@crepes.fr")
    dora = User.objects.get(email="dora@crepes.fr")
    assert not dora.has_usable_password()
    link = re.search(r"http://localhost:8000(/accounts/link/\S+)", str(mailoutbox[0].body))
    assert link
    client.post(link[1], {"password1": "seven-green-olives", "password2": "seven-green-olives"})
    sign_in(client, dora, "seven-green-olives")
    assert is_signed_in(client)


def test_an_address_that_is_taken_looks_the_same(
    client: Client, alice: User, open_house: None, mailoutbox: list[EmailMessage]
) -> None:
    ask(client, alice.email)
    assert User.objects.count() == 1
    assert alice.check_password("ketchup-and-pickles")
    assert "Choose a new password" in mailoutbox[0].subject


def test_a_house_that_cannot_write_says_so(client: Client, db: None, open_house: None, settings: Settings) -> None:
    settings.SYSTEM_MAILBOX = ""
    assert b"This server cannot send letters of its own." in client.get(reverse("account_signup")).content
