"""A person leaves."""

from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.acts import is_signed_in, sign_in


def test_it_asks_first(client: Client, alice: User) -> None:
    """C-129: a link changes nothing."""
    sign_in(client, alice)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)


def test_the_session_ends_on_the_server(client: Client, alice: User) -> None:
    sign_in(client, alice)
    key = client.session.session_key
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert not is_signed_in(client)


def test_the_browser_forgets_the_pages(client: Client, alice: User) -> None:
    """C-134."""
    sign_in(client, alice)
    response = client.post(reverse("account_logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.url == reverse("account_login")


def test_it_is_said_on_the_next_page(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(reverse("account_logout"))
    assert b"You are signed out." in client.get(reverse("account_login")).content


def test_a_signed_out_person_is_simply_sent_to_the_gate(client: Client, db: None) -> None:
    assert client.get(reverse("account_logout")).url == reverse("account_login")
