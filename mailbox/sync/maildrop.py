"""One line to a person's maildrop (POP3) under one lease: each of its letters under a key that is good for ever."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from types import TracebackType
from typing import Self

from django.conf import settings

from mailbox.models import Mailbox
from mailbox.pop3.client import Entry, Pop3Client
from mailbox.pop3.errors import CommandRefused
from mailbox.pop3.limits import TIMEOUTS
from mailbox.sync.hold import Hold
from mailbox.sync.leases import Lease
from mailbox.sync.session import SECONDS
from mailbox.wire import Guard, Refused, TryLater

LINES = 8  # connections that one pass may use up over letters that break the line

Listing = dict[bytes, Entry]  # by key, oldest first


class Maildrop(Hold):
    """`client` may be another one after `again`: never keep it, nor a letter's number."""

    client: Pop3Client

    def __init__(self, mailbox: Mailbox, lease: Lease, *, seconds: float = SECONDS) -> None:
        super().__init__(mailbox, lease, seconds)
        self._lines = 0
        self.breakers: Counter[bytes] = Counter()  # how often the line broke over each letter

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()
        self.tell(now=True)

    def _connect(self) -> None:
        """Raises TryLater (Busy while another program has the maildrop), Refused, SignInFailed, vault.CannotOpen."""
        endpoint = self.mailbox.incoming_endpoint
        guard = Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))
        self.client = Pop3Client.connect(endpoint, self.mailbox.credentials(endpoint), guard, timeouts=TIMEOUTS)
        self._lines += 1

    def again(self) -> None:
        """A fresh line in the place of a broken one. Raises TryLater when it happens too often."""
        self.client.close()
        if self._lines >= LINES:
            raise TryLater("The mail server breaks the line again and again.")
        self.lease.hold()
        self._connect()

    def listing(self) -> Listing:
        """What lies there. A UIDL counts if no two letters have it; else a letter is known by its header and its size, and
        one of several alike by its place among them."""
        entries = self.client.entries()
        names = Counter(entry.uidl for entry in entries)
        return dict(self._keyed(entries, names))

    def _keyed(self, entries: Iterable[Entry], names: Counter[str]) -> Iterator[tuple[bytes, Entry]]:
        alike: Counter[bytes] = Counter()
        for entry in entries:
            if entry.uidl and names[entry.uidl] == 1:
                yield _digest(b"uidl", entry.uidl.encode()), entry
                continue
            looks = _digest(b"looks", self._header(entry), b"%d" % entry.size)
            alike[looks] += 1
            yield _digest(b"place", looks, b"%d" % alike[looks]), entry
            self.renew()

    def _header(self, entry: Entry) -> bytes:
        try:
            return self.client.header(entry.number)
        except CommandRefused as error:
            raise Refused(
                "This mail server names no letters (UIDL), and shows no headers (TOP): none can be recognised."
            ) from error


def _digest(kind: bytes, *facts: bytes) -> bytes:
    return blake2b(b"\0".join(facts), digest_size=24, person=kind).digest()
