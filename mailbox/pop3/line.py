"""The line to a maildrop while somebody waits at it: a socket, a reader, and an eye on the clock."""

import re
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import NoReturn

from mailbox.pop3.errors import Malformed, refusal
from mailbox.pop3.limits import Limits, Timeouts
from mailbox.pop3.reader import NotPop3, Reader, Reply
from mailbox.wire import Endpoint, Guard, Refused, TryLater, WireError, connect, secure

_CHUNK = 1 << 16
_SAYABLE = re.compile(r"[^\r\n\0]{0,500}")


class BadArgument(Refused, ValueError):
    """Something that must not be put into a command."""


class Line:
    """Blocking. Once it has raised TryLater (Malformed is one) it is closed."""

    def __init__(self, sock: socket.socket, host: str, limits: Limits, timeouts: Timeouts) -> None:
        self.sock, self.host, self.limits, self.timeouts = sock, host, limits, timeouts
        self._reader = Reader(limits)
        self._begin()

    def close(self) -> None:
        self.sock.close()

    def greeting(self) -> Reply:
        """Raises Refused if that is no POP3 server, TryLater if it does not want us now."""
        try:
            reply = self._reply()
        except Malformed as error:
            raise Refused(f"{self.host} does not speak POP3 on this port.") from error
        if not reply.ok:
            raise refusal("the connection", reply)
        return reply

    def say(self, *words: str) -> Reply:
        """One command and its reply, whatever that is. Raises BadArgument, TryLater."""
        command = " ".join(words)
        if not _SAYABLE.fullmatch(command):
            raise BadArgument("A line break or a name of enormous length cannot be said to a mail server.")
        self._begin()
        try:
            self.sock.settimeout(self.timeouts.quiet)
            self.sock.sendall(command.encode() + b"\r\n")
        except OSError as error:
            self._give_up(self._trouble(error))
        return self._reply()

    def must(self, *words: str) -> Reply:
        """As `say`; raises what -ERR means."""
        reply = self.say(*words)
        if not reply.ok:
            raise refusal(words[0], reply)
        return reply

    def content(self) -> Iterator[bytes]:
        """What follows the reply, in pieces; read it to its end."""
        self._reader.begin_content()
        while True:
            if piece := self._reader.take_content():
                yield piece
            if self._reader.is_over:
                return
            if not piece:
                self._reader.feed(self._receive())

    def short_content(self, most: int) -> bytes:
        """All of it. Raises Malformed if it is longer than `most`."""
        whole = bytearray()
        for piece in self.content():
            whole += piece
            if len(whole) > most:
                self._give_up(Malformed(f"an answer of more than {most} octets"))
        return bytes(whole)

    def starttls(self, trust: ssl.SSLContext | None) -> None:
        """What came before TLS, or together with the go-ahead for it, was said by nobody we know: all of it is forgotten."""
        if not self.say("STLS").ok:
            raise Refused(f"{self.host} does not offer STARTTLS on this port, so nothing secret is said to it.")
        self._reader = Reader(self.limits)
        self.sock = secure(self.sock, self.host, timeout=self.timeouts.connect, trust=trust)

    def _begin(self) -> None:
        self._patience, self._waited, self._received = self.timeouts.reply, 0.0, 0

    def _reply(self) -> Reply:
        while True:
            try:
                if reply := self._reader.take_reply():
                    return reply
            except NotPop3 as error:
                self._give_up(Malformed(str(error)))
            self._reader.feed(self._receive())

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
        self._patience = self.timeouts.quiet
        return data

    def _trouble(self, error: OSError) -> WireError:
        if isinstance(error, TimeoutError):
            return TryLater(f"{self.host} did not answer in time.")
        return TryLater(f"The connection to {self.host} broke.")

    def _give_up(self, error: WireError) -> NoReturn:
        self.close()
        raise error


def dial(
    endpoint: Endpoint, guard: Guard, *, limits: Limits, timeouts: Timeouts, trust: ssl.SSLContext | None
) -> tuple[Line, Reply]:
    """A line that is safe to sign in on: under TLS unless the endpoint says "plain"; and its greeting. Raises TryLater or
    Refused."""
    line = Line(connect(endpoint, guard, timeout=timeouts.connect, trust=trust), endpoint.host, limits, timeouts)
    try:
        greeting = line.greeting()
        if endpoint.security == "starttls":
            line.starttls(trust)
            greeting = Reply(ok=True)  # nobody knows who said the other one
    except BaseException:
        line.close()
        raise
    return line, greeting
