"""The house's own letters lie in the message queue like everybody's."""

import pytest
import zstandard
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import letters
from accounts.links import invite
from accounts.models import User
from accounts.views import gate
from mailbox.mime.read import read_letter
from mailbox.models import Mailbox, Outgoing


@pytest.fixture(autouse=True)
def house_that_writes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "mailbox.outbox.system.SystemBackend"
    settings.SYSTEM_MAILBOX = "alice@crepes.fr"
    monkeypatch.setattr(gate, "STEADY", 0.0)


def test_an_invitation_is_queued(alices: Mailbox, bob: User) -> None:
    invite(bob)
    outgoing = Outgoing.objects.get(mailbox=alices)
    letter = read_letter(zstandard.decompress(bytes(outgoing.data)))
    assert [one.address for one in letter.to] == ["bob@hamburger.edu"]
    assert [one.address for one in letter.senders] == ["alice@crepes.fr"]
    assert "/accounts/link/" in letter.text
    assert letter.html == ""


def test_a_name_that_is_not_connected_is_no_mailbox(client: Client, bob: User) -> None:
    assert not letters.ready()
    response = client.post("/accounts/password/reset/", {"email": bob.email})
    assert b"Ask its operator for a one-time link" in response.content


def test_it_says_what_is_missing(bob: User) -> None:
    with pytest.raises(letters.CannotSend, match="but no such mailbox is connected"):
        invite(bob)
