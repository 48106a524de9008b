"""A person changes the password."""

from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.acts import PASSWORD, is_signed_in, sign_in

NEW = "seven-green-olives"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> bytes:
    form = {"oldpassword": old, "password1": new, "password2": again}
    return client.post(reverse("account_change_password"), form, follow=True).content


def test_the_new_one_opens(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert b"Your password is changed." in change(client)
    sign_in(other := Client(), alice, NEW)
    assert is_signed_in(other)


def test_everybody_else_is_signed_out(client: Client, alice: User) -> None:
    """C-128."""
    sign_in(other := Client(), alice)
    sign_in(client, alice)
    change(client)
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_the_old_one_is_needed(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert b"That is not your password." in change(client, old="mustard")
    assert alice.check_password(PASSWORD)


def test_a_weak_one_is_refused_in_words(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert b"too short" in change(client, new="abc", again="abc")


def test_both_must_be_the_same(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert b"You must type the same password each time." in change(client, again="seven-black-olives")


def test_the_person_hears_of_it(client: Client, alice: User, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.SYSTEM_MAILBOX, settings.ACCOUNT_EMAIL_NOTIFICATIONS = "postmaster@crepes.fr", True
    sign_in(client, alice)
    change(client)
    assert [(letter.subject, letter.to) for letter in mailoutbox] == [("Your password was changed", [alice.email])]


def test_a_notice_that_cannot_go_out_stops_nothing(client: Client, alice: User, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    sign_in(client, alice)
    assert b"Your password is changed." in change(client)
