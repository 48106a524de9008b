"""POP3 servers that follow a script, for faults that no real server plays. The words are those of smtp_script.

with pop3_client(SIGNED_IN, "C: LIST", "S: +OK", "S: .") as client:
    assert client.entries() == []
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mailbox.pop3.client import Pop3Client
from mailbox.pop3.limits import LIMITS, Limits, Timeouts
from mailbox.wire import Credentials, Guard
from tests.fakes.smtp_script import ScriptedServer, scripted

PERSON = Credentials("alice", "secret")
LOOPBACK = Guard(allow=("127.0.0.0/8",))
QUICK = Timeouts(connect=5, reply=8, quiet=8, total=20)  # less than a script waits

CAPABLE = "C: CAPA\nS: +OK\nS: USER\nS: UIDL\nS: TOP\nS: ."
SIGNED_IN = f"""
    S: +OK hello
    {CAPABLE}
    C: USER alice
    S: +OK
    C: PASS secret
    S: +OK
    {CAPABLE}
"""


@contextmanager
def open_client(
    server: ScriptedServer, scheme: str = "pop3+plain", *, limits: Limits = LIMITS, timeouts: Timeouts = QUICK,
    trust: ssl.SSLContext | None = None,
) -> Iterator[Pop3Client]:  # fmt: skip
    """Signed in; the line is cut at the end."""
    with Pop3Client.connect(server.endpoint(scheme), PERSON, LOOPBACK, limits=limits, timeouts=timeouts, trust=trust) as client:
        yield client


@contextmanager
def pop3_client(*parts: str, limits: Limits = LIMITS, timeouts: Timeouts = QUICK) -> Iterator[Pop3Client]:
    """A client of a server that plays these parts, the sign-in among them."""
    with scripted("\n".join(parts)) as server, open_client(server, limits=limits, timeouts=timeouts) as client:
        yield client
