"""A mailbox that is fed by POP3: it can be added, and its owner says how long letters stay on the server."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Mailbox, Probe


@pytest.fixture
def maildrop(alices: Mailbox) -> Mailbox:
    alices.incoming = "pop3s://pop.invalid:995"
    alices.save()
    return alices


@pytest.fixture
def owner(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_pop3_can_be_chosen(owner: Client) -> None:
    typed = {"address": "alice@crepes.fr", "password": "secret", "incoming_security": "pop3s", "incoming_host": "pop.crepes.fr"}
    owner.post("/mailboxes/add/", typed | {"outgoing_security": "submissions", "outgoing_host": "smtp.crepes.fr"})
    assert Probe.objects.get().incoming == "pop3s://pop.crepes.fr:995"


@pytest.mark.parametrize(("chosen", "days"), [("7", 7), ("0", 0), ("", None)])
def test_how_long_letters_stay(owner: Client, maildrop: Mailbox, chosen: str, days: int | None) -> None:
    owner.post(f"/mailboxes/{maildrop.pk}/stay/", {"keep_days": chosen})
    maildrop.refresh_from_db()
    assert maildrop.keep_days == days
    assert b'id="id_keep_days"' in owner.get(f"/mailboxes/{maildrop.pk}/").content


def test_days_that_are_not_offered_change_nothing(owner: Client, maildrop: Mailbox) -> None:
    maildrop.keep_days = 7
    maildrop.save()
    owner.post(f"/mailboxes/{maildrop.pk}/stay/", {"keep_days": "-3"})
    maildrop.refresh_from_db()
    assert maildrop.keep_days == 7


def test_days_from_the_command_line_are_shown(owner: Client, maildrop: Mailbox) -> None:
    maildrop.keep_days = 90
    maildrop.save()
    assert "after 90 days" in owner.get(f"/mailboxes/{maildrop.pk}/").content.decode()


def test_a_mailbox_with_imap_has_no_such_question(owner: Client, alices: Mailbox) -> None:
    assert b"id_keep_days" not in owner.get(f"/mailboxes/{alices.pk}/").content
