"""The watcher's line: one connection that sits in IDLE and never waits, so that one loop can hold thousands of them. Where
NOTIFY is offered it hears of every folder, else of the inbox.

dial() (blocking: name, TCP, TLS, greeting; meant for a pool of threads) -> Line(link, ...), registered with a selector
    readable or writable -> ready(now)        `due` has come -> tick(now)
both say whether something changed on the server; `trouble` says why the line is dead; `wants_write` what else to wait for.
"""

import random
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailbox.imap import commands
from mailbox.imap.commands import Command, encode
from mailbox.imap.errors import Malformed, NotOffered, Overflow, refusal
from mailbox.imap.events import (
    Continue,
    Event,
    Exists,
    Expunged,
    Fetched,
    FolderStatus,
    Listed,
    Status,
    Vanished,
)
from mailbox.imap.link import Link
from mailbox.imap.talk import Answer, Session, Talk, sign_in
from mailbox.wire import Credentials, TryLater, WireError

_CHUNK = 1 << 14  # the largest TLS record: so nothing that is deciphered stays behind, of which no selector would tell
_CHUNKS_MAX = 16  # in one go; the other lines wait
_HEARD_MAX = 16 << 20  # octets during one command
_WANTED_MAX = 10_000  # events that answer one command
_WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. IDLE is begun anew after a time drawn from `anew`: well below the 30 minutes of RFC 2177, because NATs and
    some servers forget earlier. The answer to that must come within `answer`: that finds the lines that died in silence."""

    anew: tuple[float, float] = (300, 540)
    answer: float = 60
    shortest: float = 10  # a server that ends IDLE sooner by itself would keep us busy for ever


PACE = Pace()


class Line:
    """Times are whatever `now` counts in, as long as it is seconds and never goes back (time.monotonic)."""

    def __init__(
        self, link: Link, credentials: Credentials, *, now: float, folder: str = "INBOX", pace: Pace = PACE,
        without: frozenset[str] = frozenset(), draw: Callable[[float, float], float] = random.uniform,
    ) -> None:  # fmt: skip
        self.trouble: WireError | None = None
        self.due = now + pace.answer
        self.idling = False
        self._host, self._sock, self._reader = link.host, link.sock, link.reader
        self._pace, self._draw = pace, draw
        self._out = bytearray()
        self._exists = 0
        self._changed, self._fresh = False, True
        self._tags = self._heard = 0
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._talk = _watch(_open(sign_in(credentials, link.offered, known=link.known, without=without), folder))
        self._do(lambda now: self._say(next(self._talk), now), now)

    def fileno(self) -> int:
        return self._sock.fileno()

    @property
    def wants_write(self) -> bool:
        return bool(self._out)

    def close(self) -> None:
        """After it was taken out of the selector."""
        self._sock.close()

    def ready(self, now: float) -> bool:
        """The socket can be read or written. True: something changed; once, when IDLE begins, it is only feared."""
        return self._do(self._listen, now)

    def tick(self, now: float) -> bool:
        """Does nothing before `due`."""
        return now >= self.due and self._do(self._hurry, now)

    def _do(self, deed: Callable[[float], None], now: float) -> bool:
        self._changed = False
        try:
            deed(now)
            self._flush()
        except WireError as error:
            self.trouble = error
        except OSError:
            self.trouble = TryLater(f"The connection to {self._host} broke.")
        return self._changed

    def _listen(self, now: float) -> None:
        for data in self._arrivals():
            self._reader.feed(data)
            while (event := self._reader.next_event()) is not None:
                self._hear(event, now)

    def _arrivals(self) -> Iterator[bytes]:
        chunks = 0
        while chunks < _CHUNKS_MAX or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            try:
                data = self._sock.recv(_CHUNK)
            except _WOULD_WAIT:
                return
            if not data:
                raise TryLater(f"{self._host} closed the connection.")
            chunks += 1
            self._heard += len(data)
            if self._heard > _HEARD_MAX:
                raise Malformed("more news than anybody asked for")
            yield data

    def _hurry(self, now: float) -> None:
        if not self.idling:
            raise TryLater(f"{self._host} did not answer in time.")
        self.idling = False
        self.due = now + self._pace.answer
        self._too_soon = now
        self._send_chunk()

    def _hear(self, event: Event, now: float) -> None:
        if isinstance(event, Continue):
            self._go_on(now)
        elif isinstance(event, Status) and event.kind == "BYE":
            raise refusal(self._command.name, event)
        elif isinstance(event, Status) and event.tag:
            self._settle(event, now)
        elif isinstance(event, self._command.wants):
            self._want(event)
        else:
            self._notice(event)

    def _go_on(self, now: float) -> None:
        if self._command.name != "IDLE":
            self._send_chunk()
        elif self.idling:
            raise Malformed("it begins IDLE twice")
        else:
            self.idling = True
            self.due = now + self._draw(*self._pace.anew)
            self._changed |= self._fresh
            self._fresh = False

    def _settle(self, status: Status, now: float) -> None:
        if status.tag != f"A{self._tags}":
            raise Malformed("it answers a command that was not sent")
        if self._command.name == "IDLE" and status.ok and now < self._too_soon:
            raise TryLater(f"{self._host} ends IDLE as soon as it has begun.")
        self.idling = False
        self._say(self._talk.send(Answer(status, tuple(self._wanted))), now)

    def _want(self, event: Event) -> None:
        if isinstance(event, Exists):
            self._exists = event.count
        self._wanted.append(event)
        if len(self._wanted) > _WANTED_MAX:
            raise Malformed("more answers than anybody asked for")

    def _notice(self, event: Event) -> None:
        """An EXISTS that tells nothing new only keeps the line open."""
        if isinstance(event, Exists):
            self._changed |= event.count != self._exists
            self._exists = event.count
        elif isinstance(event, Expunged | Vanished):
            self._exists -= 1 if isinstance(event, Expunged) else len(event.uids)
            self._changed = True
        elif isinstance(event, Fetched | FolderStatus | Listed):
            self._changed = True
        elif isinstance(event, Status) and event.code == "NOTIFICATIONOVERFLOW":
            raise Overflow(f"{self._host} has more news than it can tell.")

    def _say(self, command: Command, now: float) -> None:
        self._tags, self._heard = self._tags + 1, 0
        self._command, self._wanted = command, list[Event]()
        self._chunks = iter(encode(command, f"A{self._tags}", frozenset()))
        self.due = now + self._pace.answer
        self._too_soon = now + self._pace.shortest
        self._send_chunk()

    def _send_chunk(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise Malformed("it asks for the rest of a command that is complete")
        self._out += b"".join(chunk)

    def _flush(self) -> None:
        while self._out:
            try:
                sent = self._sock.send(self._out)
            except _WOULD_WAIT:
                return
            del self._out[:sent]


def _open(signing_in: Talk[Session], folder: str) -> Talk[None]:
    session = yield from signing_in
    if "IDLE" not in session.capabilities:
        raise NotOffered("IDLE")
    answer = yield commands.select(folder, readonly=True, condstore=False)
    if not answer.status.ok:
        raise refusal("the opening of the folder", answer.status)
    if "NOTIFY" in session.capabilities:  # a server that refuses goes on with the open folder alone
        yield commands.notify()


def _watch(opening: Talk[None]) -> Talk[None]:
    """For ever; what was needed to open the line is not kept."""
    yield from opening
    while True:
        answer = yield commands.idle()
        if not answer.status.ok:
            raise refusal("IDLE", answer.status)
