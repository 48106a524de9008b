"""A person opens a one-time link and chooses a password."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.links import INVITE, RESET, LinkSpent, make_link, use
from accounts.models import OneTimeLink, User
from tests.accounts.acts import PASSWORD, give_app, is_signed_in, sign_in

NEW = "seven-green-olives"


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def choose(client: Client, link: str, first: str = NEW, second: str = NEW, **extra: bool) -> bytes:
    return client.post(path_of(link), {"password1": first, "password2": second}, follow=True).content


def test_the_new_password_opens(client: Client, alice: User) -> None:
    assert b"Your password is set. Sign in with it." in choose(client, make_link(alice, RESET))
    sign_in(client, alice, NEW)
    assert is_signed_in(client)


def test_it_works_once(client: Client, alice: User) -> None:
    """C-132."""
    link = make_link(alice, RESET)
    choose(client, link)
    assert b"This link no longer works" in choose(client, link, "another-password", "another-password")
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_looking_at_it_changes_nothing(client: Client, alice: User) -> None:
    """C-129: mail programs open links before people do."""
    link = make_link(alice, RESET)
    for _look in range(3):
        assert client.get(path_of(link)).status_code == 200
    assert b"Your password is set." in choose(client, link)


@pytest.mark.parametrize(("purpose", "life"), [(RESET, timedelta(minutes=30)), (INVITE, timedelta(days=7))])
def test_its_time_is_short(client: Client, alice: User, purpose: str, life: timedelta) -> None:
    link = make_link(alice, purpose)
    OneTimeLink.objects.update(expires_at=F("expires_at") - life + timedelta(seconds=5))
    assert client.get(path_of(link)).status_code == 200
    OneTimeLink.objects.update(expires_at=F("expires_at") - timedelta(seconds=5))
    assert client.get(path_of(link)).status_code == 410


def test_no_table_holds_the_token(alice: User) -> None:
    token = make_link(alice).rstrip("/").rpartition("/")[2]
    assert token not in str(OneTimeLink.objects.values().get())


def test_a_made_up_token_is_spent(client: Client, db: None) -> None:
    assert client.get(reverse("choose_password", args=["x" * 43])).status_code == 410


def test_a_weak_password_is_refused_and_the_link_stays(client: Client, alice: User) -> None:
    link = make_link(alice, RESET)
    assert b"too short" in choose(client, link, "abc", "abc")
    assert b"too similar to the Email address" in choose(client, link, "alice@crepes.fr", "alice@crepes.fr")
    assert b"Your password is set." in choose(client, link)


def test_two_different_ones_are_refused(client: Client, alice: User) -> None:
    assert b"The two passwords differ." in choose(client, make_link(alice), NEW, "seven-black-olives")


def test_every_session_ends(client: Client, alice: User) -> None:
    sign_in(client, alice)
    choose(Client(), make_link(alice, RESET))
    assert not is_signed_in(client)


def test_it_signs_nobody_in(client: Client, alice: User) -> None:
    """C-132: the second factor is still asked for."""
    give_app(alice)
    choose(client, make_link(alice, RESET))
    assert not is_signed_in(client)
    assert sign_in(client, alice, NEW).url == reverse("mfa_authenticate")


def test_the_owner_comes_in_while_strangers_guess(client: Client, alice: User) -> None:
    for _try in range(8):
        sign_in(Client(REMOTE_ADDR="192.0.2.7"), alice, "mustard")
    choose(client, make_link(alice, RESET))
    sign_in(client, alice, NEW)
    assert is_signed_in(client)


def test_somebody_switched_off_stays_so(client: Client, alice: User) -> None:
    link = make_link(alice)
    User.objects.update(is_active=False)
    assert client.get(path_of(link)).status_code == 410


def test_the_slower_of_two_gets_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked at the open link; only one of them may use it."""
    token = make_link(alice).rstrip("/").rpartition("/")[2]
    monkeypatch.setattr("accounts.links.owner", lambda token: alice)
    use(token, NEW)
    with pytest.raises(LinkSpent):
        use(token, PASSWORD)
