"""A person whose mailbox lies on a real Dovecot, and another client of theirs: the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pytest
from django.db.models import F
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.imap.items import Items
from mailbox.models import Access, Flag, Folder, Mailbox, Placement
from mailbox.sync import mirror
from mailbox.sync.session import Session
from mailbox.wire import Credentials, Endpoint, SignInFailed
from tests.daemons import wait_until
from tests.real import LOOPBACK, Dovecot
from tests.sync.letters import NOON


@dataclass
class Phone:
    """Another client of the same person."""

    client: ImapClient

    def add(self, folder: str, raw: bytes, *flags: str, at: datetime = NOON) -> int:
        filed = self.client.append(folder, raw, flags, at)
        assert filed
        return filed.uid

    def uids(self, folder: str) -> list[int]:
        self.client.select(folder)
        return list(self.client.search_all())

    def flags(self, folder: str, uid: int) -> int:
        self.client.select(folder)
        return next(iter(self.client.fetch([uid], Items()))).flags or 0

    def bytes(self, folder: str, uid: int) -> bytes:
        self.client.select(folder)
        return next(iter(self.client.fetch([uid], Items(body=True)))).body or b""

    def flag(self, folder: str, uid: int, flag: str, *, on: bool = True) -> None:
        self.client.select(folder, readonly=False)
        self.client.store([uid], flags=(flag,), on=on)

    def move(self, folder: str, uid: int, target: str) -> None:
        if "MOVE" in self.client.capabilities:
            self.client.select(folder, readonly=False)
            self.client.move([uid], target)
        else:
            self.copy(folder, uid, target)
            self.expunge(folder, uid)

    def copy(self, folder: str, uid: int, target: str) -> None:
        self.client.select(folder, readonly=False)
        self.client.copy([uid], target)

    def expunge(self, folder: str, uid: int) -> None:
        self.flag(folder, uid, "\\Deleted")
        self.client.expunge([uid])


@pytest.fixture(scope="session")
def newcomers(dovecot: Dovecot) -> Iterator[str]:
    """Addresses that nobody has used. Dovecot reads its users at most once a second, so they are made many together."""

    def admitted() -> Iterator[str]:
        while True:
            addresses = [dovecot.newcomer() for _ in range(60)]
            last = dovecot.endpoint("imap+plain", addresses[-1])
            wait_until(partial(_signs_in, last, dovecot.credentials(addresses[-1])), "The reading of the users")
            yield from addresses

    return admitted()


def _signs_in(endpoint: Endpoint, credentials: Credentials) -> bool:
    try:
        ImapClient.connect(endpoint, credentials, LOOPBACK).logout()
    except SignInFailed:
        return False
    return True


@pytest.fixture
def guest(newcomers: Iterator[str], dovecot: Dovecot, settings: Settings, db: None) -> Mailbox:
    """A Mailbox of a newcomer, nothing of which is mirrored yet."""
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)
    address = next(newcomers)
    mailbox = Mailbox.objects.create(address=address, incoming=str(dovecot.endpoint("imap+plain", address)), outgoing="direct:")
    mailbox.set_password(dovecot.users[address])
    mailbox.save(update_fields=["secret"])
    Access.objects.create(mailbox=mailbox, user=User.objects.create_user(address))
    return mailbox


@pytest.fixture
def owner(guest: Mailbox) -> User:
    return User.objects.get(access__mailbox=guest)


@pytest.fixture
def phone(guest: Mailbox, dovecot: Dovecot) -> Iterator[Phone]:
    with ImapClient.connect(guest.incoming_endpoint, dovecot.credentials(guest.address), LOOPBACK) as client:
        yield Phone(client)


def bring_up(mailbox: Mailbox) -> Mailbox:
    """Passes until nothing is left."""
    while mirror.bring_up(mailbox.pk):
        pass
    mailbox.refresh_from_db()
    assert mailbox.state == Mailbox.State.OK, mailbox.trouble
    return mailbox


def here(mailbox: Mailbox, folder: str) -> list[str]:
    """The subjects of what is shown in that folder, oldest first."""
    places = Placement.objects.annotate(deleted=F("flags").bitand(Flag.DELETED))
    places = places.filter(folder__mailbox=mailbox, folder__name=folder, gone_at=None, deleted=0)
    return list(places.order_by("sort_at", "uid").values_list("message__subject", flat=True))


def place(mailbox: Mailbox, subject: str) -> Placement:
    return Placement.objects.get(folder__mailbox=mailbox, message__subject=subject, gone_at=None)


def folder(mailbox: Mailbox, name: str) -> Folder:
    return Folder.objects.get(mailbox=mailbox, name=name)


DIALECTS = {
    "everything": (),
    "no QRESYNC": ("QRESYNC",),
    "no CONDSTORE": ("QRESYNC", "CONDSTORE"),
    "no MOVE": ("MOVE",),
    "bare": ("QRESYNC", "CONDSTORE", "MOVE", "UIDPLUS", "ESEARCH", "LIST-STATUS", "SPECIAL-USE"),
}


SLOW = {"no QRESYNC", "no CONDSTORE", "no MOVE"}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.servers if name in SLOW else ()) for name in DIALECTS])
def dialect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The mirror's server with some of its capabilities hidden; the phone sees them all."""
    without(monkeypatch, *DIALECTS[request.param])
    return str(request.param)


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Every Session from now on is made without these."""
    init = Session.__init__
    monkeypatch.setattr(
        Session, "__init__", lambda self, *args, **more: init(self, *args, **more | {"without": frozenset(names)})
    )
