"""What a worker holds of a Mailbox while it is at it: the lease, the time, and the transactions that only it may write."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from mailbox import live, threads
from mailbox.models import Mailbox
from mailbox.sync.leases import Lease

RENEW_EVERY = 20.0  # seconds; well within a lease
TELL_EVERY = 1.0


class Hold:
    def __init__(self, mailbox: Mailbox, lease: Lease, seconds: float) -> None:
        self.mailbox, self.lease = mailbox, lease
        self._held = time.monotonic()
        self._told = float("-inf")
        self._end = self._held + seconds
        self._news: set[tuple[str, int]] = set()
        self.errands: frozenset[str] | None = None  # those that waited when it was asked last; see `errands`

    @property
    def octets(self) -> int:
        """That came from the server, as far as anybody counts them."""
        return 0

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._end

    @contextmanager
    def writing(self, *, lazily: bool = False) -> Iterator[None]:
        """A transaction that nobody else changes this Mailbox in, and that only the holder of the lease may commit.
        `lazily`: it reaches the disk with the next one that is not; of a power cut before that no trace is left, as the
        checkpoint is lost with the letters."""
        with transaction.atomic():
            if lazily:
                _let_the_disk_wait()
            threads.lock(self.mailbox.pk)
            self.lease.hold()
            yield
        self._held, self.errands = time.monotonic(), None

    def renew(self) -> None:
        """Between two steps of a long talk. Raises LeaseLost."""
        if time.monotonic() - self._held > RENEW_EVERY:
            self.lease.hold()
            self._held = time.monotonic()

    def tell(self, *news: tuple[str, int], now: bool = False) -> None:
        """Tell the open pages, the first news at once, then each thing once and about once a second, however much comes."""
        self._news.update(news)
        if (now or time.monotonic() - self._told > TELL_EVERY) and self._news:
            people = live.watchers(self.mailbox.pk)
            for event in sorted({event for event, _ in self._news}):
                live.tell(people, event, *sorted(row for kind, row in self._news if kind == event))
            self._news.clear()
            self._told = time.monotonic()


def _let_the_disk_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
