"""IMAP servers that follow a script, for faults that no real server plays.

The words are those of smtp_script, and:

    C: LOGIN *         the client must send this command; its tag is left out here
    MORE DONE          the client must send this line, which has no tag: the rest of a command
    S: $ OK done       the server says this; $ is the tag of the last command
    OCTETS 5           the client sends so many octets (a literal); they are kept in `letters`
    MANY 9 * %d EXISTS the server says this line so often, %d being 1, 2, 3...
    CUE                nothing goes on until the test has called server.cue()
    DRIP 0.1 text      the server says this an octet at a time, with so many seconds between

    with client_of(SIGNED_IN, "C: NOOP", "S: $ OK") as client:
        client.noop()
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailbox.imap.client import ImapClient
from mailbox.imap.limits import LIMITS, Limits, Timeouts
from mailbox.wire import Credentials, Guard
from tests.fakes.smtp_script import OffScript, Play, ScriptedServer

PERSON = Credentials("alice", "secret")
LOOPBACK = Guard(allow=("127.0.0.0/8",))
QUICK = Timeouts(connect=5, greeting=5, reply=8, quiet=8, total=20)  # less than a script waits


def signed_in(*capabilities: str) -> str:
    """The beginning of a script: greeting and sign-in on a server that offers these."""
    offered = " ".join(("IMAP4rev1", *capabilities))
    return f"""
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: LOGIN "alice" "secret"
        S: $ OK [CAPABILITY {offered}] welcome
    """


SIGNED_IN = signed_in()
EXAMINED = """
    C: EXAMINE "INBOX"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] lasting
    S: * OK [UIDNEXT 40] next
    S: $ OK [READ-ONLY] open
"""
SELECTED = EXAMINED.replace("EXAMINE", "SELECT").replace("READ-ONLY", "READ-WRITE")


class ImapServer(ScriptedServer):
    def __init__(self, script: str, tls: ssl.SSLContext | None) -> None:
        self._cues = threading.Semaphore(0)
        super().__init__((script,), tls)

    def play(self, line: socket.socket) -> "ImapPlay":
        return ImapPlay(self, line)

    def cue(self) -> None:
        self._cues.release()

    def wait_for_cue(self) -> None:
        if not self._cues.acquire(timeout=10):
            raise OffScript("the cue did not come")


class ImapPlay(Play):
    server: ImapServer
    tag = "?"

    def c(self, pattern: str) -> None:
        tag, _, rest = self._until(b"\r\n").partition(b" ")
        self.tag = tag.decode()
        self.unread = rest + b"\r\n" + self.unread
        super().c(pattern)

    more = Play.c

    def s(self, text: str) -> None:
        super().s(self.tag + text[1:] if text.startswith("$") else text)

    def octets(self, number: str) -> None:
        while len(self.unread) < int(number):
            self.unread += self.line.recv(65536)
        self.server.letters.append(self.unread[: int(number)])
        self.unread = self.unread[int(number) :]

    def many(self, text: str) -> None:
        number, _, line = text.partition(" ")
        with suppress(ConnectionError):  # a client with limits hangs up before the end
            for start in range(1, int(number) + 1, 1000):
                places = range(start, min(start + 1000, int(number) + 1))
                self.line.sendall("".join(line.replace("%d", str(place)) + "\r\n" for place in places).encode())

    def cue(self, _: str) -> None:
        self.server.wait_for_cue()

    def hang(self, rest: str) -> None:
        with suppress(ConnectionError):  # a client that has not read everything hangs up rudely
            super().hang(rest)

    def drip(self, text: str) -> None:
        pause, _, line = text.partition(" ")
        for octet in line.encode():
            if self.server.over.wait(float(pause)):
                return
            with suppress(ConnectionError):
                self.line.sendall(bytes([octet]))


@contextmanager
def imap_script(*parts: str, tls: ssl.SSLContext | None = None) -> Iterator[ImapServer]:
    """A server on 127.0.0.1 that plays the parts one after the other on the first connection."""
    server = ImapServer("\n".join(parts), tls)
    try:
        yield server
    finally:
        server.finish()
    assert not server.trouble, server.trouble


@contextmanager
def open_client(
    server: ScriptedServer, scheme: str = "imap+plain", *, limits: Limits = LIMITS, timeouts: Timeouts = QUICK,
    trust: ssl.SSLContext | None = None, without: frozenset[str] = frozenset(),
) -> Iterator[ImapClient]:  # fmt: skip
    """Signed in; the line is cut at the end, so the script needs no LOGOUT."""
    client = ImapClient.connect(
        server.endpoint(scheme), PERSON, LOOPBACK, limits=limits, timeouts=timeouts, trust=trust, without=without
    )
    try:
        yield client
    finally:
        client.close()


@contextmanager
def client_of(*parts: str, limits: Limits = LIMITS, timeouts: Timeouts = QUICK) -> Iterator[ImapClient]:
    """A client of a server that plays these parts, the sign-in among them."""
    with imap_script(*parts) as server, open_client(server, limits=limits, timeouts=timeouts) as client:
        yield client
