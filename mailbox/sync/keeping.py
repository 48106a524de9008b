"""Lines between two passes: who is here soon needs the server again, and finds the line to it still standing.

after a good pass   no folder is open on it; it lies here, with what it was made with
before the next     taken, if that is all as it was and the server answers a NOOP; else a fresh one is dialled
meanwhile           closed when it is old, when there are too many (the oldest first), or when its host has too much to do
"""

import atexit
import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic

from django.conf import settings

from mailbox.imap.client import ImapClient
from mailbox.sync.profiles import Profile

LASTS = 120.0  # seconds: who is here is looked after every minute, and neither servers nor NATs forget so soon
PATIENCE = 5.0  # seconds for the answer to the NOOP


@dataclass(frozen=True, slots=True)
class Made:
    """What a line was made with. If anything is another now, the line is of no more use."""

    incoming: str
    secret: bytes  # sealed
    private_hosts: tuple[str, ...]
    profile: Profile
    without: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    client: ImapClient
    made: Made
    host: str | None
    until: float


class Keep:
    """For any thread: a line belongs to who took it."""

    def __init__(self, most: int, lasts: float = LASTS) -> None:
        self.most, self.lasts = most, lasts
        self.forget()

    def forget(self) -> None:
        """After a fork they are the parent's."""
        self._lines: dict[int, _Kept] = {}  # by Mailbox, the oldest first
        self._lock = Lock()
        self._clock: Timer | None = None

    def has(self, mailbox_id: int) -> bool:
        return mailbox_id in self._lines

    def put(self, mailbox_id: int, client: ImapClient, made: Made, host: str | None) -> None:
        """Never raises. One that has to be closed is hung up on."""
        if not (self.most and client.rest()):
            client.logout(wait=False)
            return
        with self._lock:
            old = [self._lines.pop(mailbox_id)] if mailbox_id in self._lines else []
            self._lines[mailbox_id] = _Kept(client, made, host, monotonic() + self.lasts)
            old += [self._lines.pop(next(iter(self._lines))) for _ in range(len(self._lines) - self.most)]
            self._wind()
        _close(old)

    def take(self, mailbox_id: int, made: Made) -> ImapClient | None:
        """A line that was made with the same things, and on which the server still answers."""
        with self._lock:
            kept = self._lines.pop(mailbox_id, None)
        if kept is None:
            return None
        if kept.made == made and kept.client.is_alive(PATIENCE):
            return kept.client
        _close([kept])
        return None

    def drop(self, mailbox_id: int) -> None:
        self._drop(lambda key, kept: key == mailbox_id)

    def make_room(self, host: str | None) -> None:
        """That host has too much to do."""
        self._drop(lambda key, kept: kept.host == host)

    def clear(self) -> None:
        self._drop(lambda key, kept: True)

    def end(self) -> None:
        """The worker goes: nothing is kept any more."""
        self.most = 0
        self.clear()

    def _drop(self, is_meant: Callable[[int, _Kept], bool]) -> None:
        with self._lock:
            keys = [key for key, kept in self._lines.items() if is_meant(key, kept)]
            old = [self._lines.pop(key) for key in keys]
        _close(old)

    def _wind(self) -> None:
        """Under the lock: the clock rings when the oldest is too old."""
        if self._clock is None and self._lines:
            oldest = next(iter(self._lines.values()))
            self._clock = Timer(max(oldest.until - monotonic(), 0), self._ring)
            self._clock.daemon = True
            self._clock.start()

    def _ring(self) -> None:
        with self._lock:
            self._clock = None
        self._drop(lambda key, kept: kept.until <= monotonic())
        with self._lock:
            self._wind()


def _close(lines: list[_Kept]) -> None:
    for kept in lines:
        kept.client.logout(wait=False)


KEPT = Keep(settings.LINES_KEPT)
atexit.register(KEPT.end)
os.register_at_fork(after_in_child=KEPT.forget)
