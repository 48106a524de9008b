"""Operators let people in from the command line."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import OneTimeLink, User
from tests.accounts.acts import give_app, is_signed_in, sign_in


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def link_in(text: str) -> str:
    found = re.search(r"^http://localhost:8000(/accounts/link/\S+)$", text, re.M)
    assert found
    return found[1]


def test_a_new_operator_gets_a_link(client: Client, db: None) -> None:
    assert client.get(link_in(run("operator", "Postmaster@Crepes.fr"))).status_code == 200
    user = User.objects.get(email="postmaster@crepes.fr")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, True, False)


def test_somebody_who_is_here_keeps_the_password(alice: User) -> None:
    run("operator", "ALICE@crepes.fr")
    alice.refresh_from_db()
    assert alice.is_staff
    assert alice.check_password("ketchup-and-pickles")


@pytest.mark.parametrize("command", ["operator", "invite"])
def test_what_is_no_address_is_said(db: None, command: str) -> None:
    with pytest.raises(CommandError, match="alice is not an email address"):
        run(command, "alice")


def test_an_invitation_without_a_letter_is_a_link(db: None) -> None:
    link_in(run("invite", "dora@crepes.fr", "--name", "Dora"))
    assert User.objects.get().name == "Dora"
    assert OneTimeLink.objects.get().purpose == "invite"


def test_an_invitation_goes_by_letter(db: None, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.SYSTEM_MAILBOX = "postmaster@crepes.fr"
    assert "on its way to dora@crepes.fr" in run("invite", "dora@crepes.fr")
    assert "/accounts/link/" in mailoutbox[0].body


def test_a_lost_second_factor_can_be_taken_away(client: Client, alice: User) -> None:
    sign_in(client, alice)
    give_app(alice)
    run("remove_factors", "alice@crepes.fr")
    assert not Authenticator.objects.exists()
    assert not is_signed_in(client)


def test_nobody_has_none(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody here"):
        run("remove_factors", "nobody@crepes.fr")
