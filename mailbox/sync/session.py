"""One line to a person's server under one lease, and the transactions in which what it says is written."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import transaction

from mailbox import live, threads
from mailbox.imap.client import ImapClient
from mailbox.imap.codes import Selected
from mailbox.imap.limits import TIMEOUTS
from mailbox.models import Change, Flag, Folder, Mailbox
from mailbox.sync.leases import Lease
from mailbox.wire import Guard, TryLater

SECONDS = 30.0  # of one pass; what is left is for the next one, so that no Mailbox holds a worker
RENEW_EVERY = 20.0  # seconds; well within a lease
TELL_EVERY = 1.0
LINES = 24  # connections that one pass may use up over letters that break the line
POISON = 3  # letters that it may set aside; if more of them fail, it is the server

Settle = Callable[[], set[int]]  # writes what an answer means; the ids of Changes that must wait for another pass

FLAG_NAMES = {
    Flag.SEEN: "\\Seen",
    Flag.ANSWERED: "\\Answered",
    Flag.FLAGGED: "\\Flagged",
    Flag.DELETED: "\\Deleted",
    Flag.DRAFT: "\\Draft",
}


def sentence(error: Exception) -> str:
    """What a server or a wire said, fit for a row: one line, no NUL, no half characters."""
    return str(error).partition("\n")[0].replace("\0", "").encode(errors="replace").decode()[:1000]


def flag_names(flags: int) -> tuple[str, ...]:
    return tuple(name for flag, name in FLAG_NAMES.items() if flags & flag)


class Session:
    """`client` may be another one after `again`: never keep it. `without`: capabilities not to be used."""

    client: ImapClient

    def __init__(
        self, mailbox: Mailbox, lease: Lease, *, seconds: float = SECONDS, without: frozenset[str] = frozenset()
    ) -> None:
        self.mailbox, self.lease = mailbox, lease
        self._without = without
        self._lines = self._poison = 0
        self._held = self._told = time.monotonic()
        self._end = self._held + seconds
        self._news: set[tuple[str, int]] = set()

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.__exit__(kind, error, trace)
        self.tell(now=True)

    def _connect(self) -> None:
        """Raises TryLater, Refused, SignInFailed, vault.CannotOpen."""
        endpoint = self.mailbox.incoming_endpoint
        guard = Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))
        self.client = ImapClient.connect(
            endpoint, self.mailbox.credentials(endpoint), guard, timeouts=TIMEOUTS, without=self._without
        )
        self._lines += 1

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._end

    def again(self, folder: Folder, *, poison: bool = False) -> Selected:
        """A fresh line in the place of a broken or doubtful one, and the folder opened on it. Raises what `_connect` does,
        and TryLater when it happens too often."""
        self.client.logout()
        self._poison += poison
        if self._lines >= LINES or self._poison > POISON:
            raise TryLater("The mail server breaks the line again and again.")
        self.lease.hold()
        self._connect()
        return self.select(folder)

    def select(self, folder: Folder, *, readonly: bool = True) -> Selected:
        """EXAMINE for reading, so that nothing is marked as seen. Raises CommandRefused.

        Some servers tell a mod-sequence that they then take no questions about: without CONDSTORE it is none."""
        self.renew()
        selected = self.client.select(self.name_of(folder), readonly=readonly)
        return selected if "CONDSTORE" in self.client.capabilities else replace(selected, highestmodseq=None)

    def name_of(self, folder: Folder) -> str:
        """What the server calls it: a new name that a person gave it here may not have reached the server."""
        name = folder.wire_name
        renames = Change.objects.open().filter(mailbox=self.mailbox, kind=Change.Kind.RENAME).order_by("-pk")
        for old, new in renames.values_list("args__from", "args__name"):
            if name == new or (folder.delimiter and name.startswith(new + folder.delimiter)):
                name = old + name[len(new) :]
        return name

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that nobody else changes this Mailbox in, and that only the holder of the lease may commit."""
        with transaction.atomic():
            threads.lock(self.mailbox.pk)
            self.lease.hold()
            yield
        self._held = time.monotonic()

    def renew(self) -> None:
        """Between two steps of a long talk. Raises LeaseLost."""
        if time.monotonic() - self._held > RENEW_EVERY:
            self.lease.hold()
            self._held = time.monotonic()

    def tell(self, *news: tuple[str, int], now: bool = False) -> None:
        """Tell the open pages, each thing once, and at most about once a second however fast the letters come."""
        self._news.update(news)
        if now or time.monotonic() - self._told > TELL_EVERY:
            for event in sorted({event for event, _ in self._news}):
                live.tell_of(self.mailbox.pk, event, *sorted(row for kind, row in self._news if kind == event))
            self._news.clear()
            self._told = time.monotonic()
