"""Mail servers of several kinds, all asked the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.items import Items
from mailbox.imap.limits import LIMITS, Limits
from mailbox.wire import Credentials, Endpoint
from tests.pymap import Pymap, pymap  # noqa: F401 a fixture
from tests.real import LOOPBACK, PASSWORD, Dovecot

Connect = Callable[[], ImapClient]

EXTENSIONS = frozenset(
    [
        "ESEARCH",
        "CONDSTORE",
        "QRESYNC",
        "MOVE",
        "UIDPLUS",
        "LIST-STATUS",
        "SPECIAL-USE",
        "LITERAL+",
        "ENABLE",
        "ID",
        "SASL-IR",
        "AUTH=PLAIN",
        "IDLE",
    ]
)
LETTER = b"From: Alice <alice@crepes.fr>\r\nSubject: Pickles %d\r\nMessage-ID: <%d@crepes.fr>\r\n\r\nDo you like ketchup?\r\n"


@dataclass(frozen=True)
class Office:
    """Somebody's mailbox on some server, empty at first."""

    server: Dovecot | Pymap
    address: str
    without: frozenset[str]

    @property
    def endpoint(self) -> Endpoint:
        return self.server.endpoint("imaps" if isinstance(self.server, Dovecot) else "imap+plain", self.address)

    def connect(self, *, password: str = PASSWORD, limits: Limits = LIMITS) -> ImapClient:
        credentials, trust = Credentials(self.address, password), self.server.trust()
        return ImapClient.connect(self.endpoint, credentials, LOOPBACK, limits=limits, trust=trust, without=self.without)

    def lacking(self, *extensions: str) -> "Office":
        return replace(self, without=self.without | set(extensions))

    def kept(self, raw: bytes) -> bytes:
        """How a letter comes back: pymap keeps lines as files have them."""
        return raw.replace(b"\r\n", b"\n") if isinstance(self.server, Pymap) else raw

    def fill(self, number: int, folder: str = "INBOX") -> None:
        with self.connect() as client:
            for place in range(1, number + 1):
                client.append(folder, LETTER % (place, place))


@pytest.fixture(params=["dovecot", "bare dovecot", "pymap"])
def office(request: pytest.FixtureRequest) -> Office:
    """Dovecot as it is, Dovecot without the extensions that we know, and a server that has few."""
    server = request.getfixturevalue(request.param.removeprefix("bare "))
    return Office(server, server.newcomer(), EXTENSIONS if "bare" in request.param else frozenset())


@pytest.fixture
def rich(dovecot: Dovecot) -> Office:
    """Dovecot with all that it offers."""
    return Office(dovecot, dovecot.newcomer(), frozenset())


@pytest.fixture
def connect(office: Office) -> Iterator[Connect]:
    """Connections to the office, hung up at the end."""
    with ExitStack() as lines:
        yield lambda: lines.enter_context(office.connect())


@pytest.fixture
def connect_rich(rich: Office) -> Iterator[Connect]:
    with ExitStack() as lines:
        yield lambda: lines.enter_context(rich.connect())


def subjects(client: ImapClient) -> list[str]:
    """Of the selected folder, oldest first."""
    found = client.fetch(client.search_all(), Items(header=("SUBJECT",)))
    return [(letter.header or b"").decode().removeprefix("Subject: ").strip() for letter in found]
