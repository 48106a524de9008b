"""People with duties, each with a second factor, and letters in every state."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mailbox.models import Folder, Mailbox, Recipient, Ward
from mailbox.outbox.posting import post_raw
from tests.accounts.acts import confirm, give_app
from tests.views.conftest import signed_in

State = Recipient.State
LETTER = "From: {}\r\nTo: b@hamburger.edu\r\nSubject: Pickles\r\n\r\nSecret brine.\r\n"


def with_duty(duty: str, address: str = "", domain: str = "") -> User:
    user = User.objects.create_user(address or f"{duty}@crepes.fr", "ketchup-and-pickles")
    user.take_duty(duty)
    give_app(user)
    if domain:
        Ward.objects.create(user=user, domain=domain)
    return user


def confirmed(user: User) -> Client:
    client = signed_in(user)
    confirm(client)
    return client


def waiting(mailbox: Mailbox, address: str, state: str = State.DEFERRED, **columns: object) -> Recipient:
    """An addressee of a letter of its own, in that state."""
    letter = post_raw(mailbox, LETTER.format(mailbox.address).encode(), [address], address)
    done = timezone.now() if state in Recipient.FINAL else None
    facts = {"state": state, "next_at": timezone.now() + timedelta(hours=1), "done_at": done, **columns}
    letter.recipients.update(**facts)
    return letter.recipients.get()


@pytest.fixture
def operator(db: None) -> User:
    return with_duty("operator")


@pytest.fixture
def helper(db: None) -> User:
    return with_duty("helper")


@pytest.fixture
def keeper(db: None) -> User:
    return with_duty("keeper", domain="crepes.fr")


@pytest.fixture
def panel(operator: User) -> Client:
    """The operator's browser, just after they have typed their password."""
    return confirmed(operator)


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")
