"""A person types address and password."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.acts import PASSWORD, is_signed_in, sign_in

WRONG = b"That password does not match this address."


def test_it_opens_the_mail(client: Client, alice: User) -> None:
    response = sign_in(client, alice)
    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals(client: Client, alice: User) -> None:
    form = {"login": " Alice@Crepes.FR ", "password": PASSWORD}
    assert client.post(reverse("account_login"), form).status_code == 302


def test_a_wrong_password_is_one_sentence_and_keeps_the_address(client: Client, alice: User) -> None:
    page = sign_in(client, alice, "mustard").content
    assert page.count(WRONG) == 1
    assert b'value="alice@crepes.fr"' in page
    assert b"mustard" not in page


def test_an_unknown_address_gets_the_same_answer(client: Client, alice: User) -> None:
    page = client.post(reverse("account_login"), {"login": "nobody@crepes.fr", "password": "mustard"}).content
    assert page.count(WRONG) == 1


@pytest.mark.parametrize("address", ["alice@crepes.fr", "nobody@crepes.fr"])
def test_the_answer_costs_one_hash_for_every_address(
    client: Client, alice: User, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-130: the time of the answer does not tell who is here."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: made.append("hash") or encode(*args))
    client.post(reverse("account_login"), {"login": address, "password": "mustard"})
    assert made == ["hash"]


def test_somebody_switched_off_is_told_so(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    response = sign_in(client, alice)
    assert response.url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_it_goes_where_the_person_wanted_to(client: Client, alice: User) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": "/settings/security/"}
    assert client.post(reverse("account_login"), form).url == "/settings/security/"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "\\\\evil.example", "https://evil.example/", "/\t//evil.example", "javascript:alert(1)"]
)
def test_it_goes_nowhere_else(client: Client, alice: User, elsewhere: str) -> None:
    """C-136."""
    form = {"login": alice.email, "password": PASSWORD, "next": elsewhere}
    assert client.post(reverse("account_login"), form).url == "/"


def test_the_session_gets_a_new_name(client: Client, alice: User) -> None:
    """C-128: a session that somebody planted before the sign-in is worth nothing after it."""
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, alice)
    assert client.session.session_key != before


def test_it_needs_a_token(alice: User) -> None:
    """C-129: sign-in is a change of state like any other."""
    response = sign_in(Client(enforce_csrf_checks=True), alice)
    assert response.status_code == 403
    assert b"This page was open too long" in response.content


def test_the_cookie_is_for_servers_only(client: Client, alice: User) -> None:
    cookie = sign_in(client, alice).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_not_staying_signed_in_ends_with_the_browser(client: Client, alice: User) -> None:
    response = client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    assert response.cookies["sessionid"]["expires"] == ""


def test_no_passkey_button_where_browsers_offer_none(client: Client, db: None, settings: Settings) -> None:
    settings.MFA_PASSKEY_LOGIN_ENABLED = False
    assert b"passkey" not in client.get(reverse("account_login")).content
