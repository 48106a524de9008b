"""The line to a mail server while somebody waits at it: a socket, a reader, and an eye on the clock."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import NoReturn

from mailbox.imap import commands
from mailbox.imap.commands import Command, encode
from mailbox.imap.errors import Malformed, refusal
from mailbox.imap.events import Continue, Event, Fetched, Status
from mailbox.imap.limits import Limits, Timeouts
from mailbox.imap.reader import Reader
from mailbox.imap.talk import announced
from mailbox.wire import Endpoint, Guard, Refused, TryLater, WireError, connect, secure

_CHUNK = 1 << 16


class Link:
    """Blocking. Once it has raised TryLater (Malformed is one) the line is closed."""

    def __init__(self, sock: socket.socket, host: str, limits: Limits, timeouts: Timeouts) -> None:
        self.sock, self.host, self.timeouts = sock, host, timeouts
        self.reader = Reader(limits)
        self.offered: frozenset[str] = frozenset()  # what the greeting announced, if nobody could have tampered with it
        self.known = False  # PREAUTH: the server knows who we are
        self.octets = 0  # that the server has said
        self._tags = 0
        self._begin(limits.answer)

    def close(self) -> None:
        """Also for who listens in another thread."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def converse(self, command: Command, capabilities: frozenset[str]) -> Iterator[Event]:
        """Sends the command at once; then yields whatever the server says until, and with, the tagged status."""
        self._tags += 1
        tag = f"A{self._tags}"
        chunks = iter(encode(command, tag, capabilities))
        self._begin(None if Fetched in command.wants else self.reader.limits.answer)
        self._send(next(chunks))
        return self._answer(command, tag, chunks)

    def _answer(self, command: Command, tag: str, chunks: Iterator[list[bytes]]) -> Iterator[Event]:
        while True:
            event = self.next_event()
            if isinstance(event, Continue):
                self._send(next(chunks, None))
                continue
            if isinstance(event, Status):
                self._check(event, tag, command)
            yield event
            if isinstance(event, Status) and event.tag:
                return

    def _check(self, status: Status, tag: str, command: Command) -> None:
        if status.kind == "BYE" and command.name != "LOGOUT":
            self._give_up(refusal(command.name, status))
        if status.tag not in {"", tag}:
            self._give_up(Malformed("it answers a command that was not sent"))

    def greeting(self) -> Status:
        """Raises Refused if that is no IMAP server, TryLater if it does not want us now."""
        self._begin(self.reader.limits.answer)
        self._patience = self.timeouts.greeting
        try:
            event = self.next_event()
        except Malformed as error:
            raise Refused(f"{self.host} does not speak IMAP on this port.") from error
        if not isinstance(event, Status) or event.tag:
            raise Refused(f"{self.host} does not speak IMAP on this port.")
        if event.kind not in {"OK", "PREAUTH"}:
            raise refusal("the connection", event)
        return event

    def next_event(self) -> Event:
        while True:
            try:
                event = self.reader.next_event()
            except Malformed as error:
                self._give_up(error)
            if event is not None:
                return event
            self.reader.feed(self._receive())

    def starttls(self, trust: ssl.SSLContext | None) -> None:
        """What came before TLS, or together with the go-ahead for it, was said by nobody we know: all of it is forgotten."""
        for event in self.converse(commands.starttls(), frozenset()):
            if isinstance(event, Status) and event.tag and not event.ok:
                raise Refused(f"{self.host} does not offer STARTTLS on this port, so nothing secret is said to it.")
        self.reader = Reader(self.reader.limits)
        self.sock = secure(self.sock, self.host, timeout=self.timeouts.connect, trust=trust)

    def _begin(self, most: int | None) -> None:
        """`most`: octets that the server may say from now on; None for letters, which are not kept here."""
        self._most, self._patience = most, self.timeouts.reply
        self._waited, self._received = 0.0, 0

    def _receive(self) -> bytes:
        left = self.timeouts.total + self._received / self.timeouts.rate - self._waited
        if left <= 0:
            self._give_up(self._trouble(TimeoutError()))
        started = monotonic()
        try:
            self.sock.settimeout(min(self._patience, left))
            data = self.sock.recv(_CHUNK)
        except OSError as error:
            self._give_up(self._trouble(error))
        if not data:
            self._give_up(TryLater(f"{self.host} closed the connection."))
        self._waited += monotonic() - started
        self._received += len(data)
        self.octets += len(data)
        if self._most is not None and self._received > self._most:
            self._give_up(Malformed(f"an answer of more than {self._most} octets"))
        self._patience = self.timeouts.quiet
        return data

    def _send(self, chunk: list[bytes] | None) -> None:
        if chunk is None:
            self._give_up(Malformed("it asks for the rest of a command that is complete"))
        self._patience = self.timeouts.reply
        try:
            self.sock.settimeout(self.timeouts.quiet)
            for piece in chunk if max(map(len, chunk)) > _CHUNK else [b"".join(chunk)]:
                for start in range(0, len(piece), _CHUNK):
                    self.sock.sendall(piece[start : start + _CHUNK])
        except OSError as error:
            self._give_up(self._trouble(error))

    def _trouble(self, error: OSError) -> WireError:
        if isinstance(error, TimeoutError):
            return TryLater(f"{self.host} did not answer in time.")
        return TryLater(f"The connection to {self.host} broke.")

    def _give_up(self, error: WireError) -> NoReturn:
        self.close()
        raise error


def dial(endpoint: Endpoint, guard: Guard, *, limits: Limits, timeouts: Timeouts, trust: ssl.SSLContext | None = None) -> Link:
    """A line that is safe to sign in on: greeted, and under TLS unless the endpoint says "plain". Raises TryLater or Refused."""
    link = Link(connect(endpoint, guard, timeout=timeouts.connect, trust=trust), endpoint.host, limits, timeouts)
    try:
        greeting = link.greeting()
        link.known = greeting.kind == "PREAUTH"
        if endpoint.security != "starttls":
            link.offered = announced(greeting)
        elif link.known:  # RFC 9051 section 11.1: no STARTTLS any more, and who knows who said this
            raise Refused(f"{endpoint.host} signs everybody in before the line is secure, so nothing is said to it.")
        else:
            link.starttls(trust)
    except BaseException:
        link.close()
        raise
    return link
