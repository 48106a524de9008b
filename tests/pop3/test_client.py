"""The client against scripted servers: every way to sign in, and every way in which it goes wrong."""

import ssl
from functools import partial
from hashlib import md5

import pytest

from mailbox.pop3.client import Entry
from mailbox.pop3.errors import CommandRefused, Malformed
from mailbox.pop3.limits import Limits, Timeouts
from mailbox.wire import Busy, Refused, SignInFailed, TryLater, WireError
from tests.fakes.authority import Authority
from tests.fakes.pop3_script import CAPABLE, SIGNED_IN, open_client, pop3_client
from tests.fakes.smtp_script import scripted

STAMP = "<1896.697170952@dbc.mtview.ca.us>"
DIGEST = md5(f"{STAMP}secret".encode()).hexdigest()
BEGIN = f"S: +OK hello\n{CAPABLE}\nC: USER alice\nS: +OK\nC: PASS secret"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    "script",
    [
        SIGNED_IN,
        "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER alice\nS: +OK\nC: PASS secret\nS: +OK\nC: CAPA\nS: -ERR what",
        f"S: +OK POP3 {STAMP}\n{CAPABLE}\nC: APOP alice {DIGEST}\nS: +OK\n{CAPABLE}",
        f"S: +OK\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .\nC: AUTH PLAIN AGFsaWNlAHNlY3JldA==\nS: +OK\n{CAPABLE}",
    ],
    ids=["USER", "without CAPA", "APOP", "AUTH"],
)
def test_ways_to_sign_in(script: str) -> None:
    with pop3_client(script):
        pass


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("-ERR [AUTH] no", SignInFailed),
        ("-ERR nothing like that here", SignInFailed),
        ("-ERR [IN-USE] somebody has it", Busy),
        ("-ERR maildrop already locked", Busy),
        ("-ERR [LOGIN-DELAY] not so often", Busy),
        ("-ERR [SYS/TEMP] disk", Busy),
        ("-ERR [SYS/PERM] closed", CommandRefused),
    ],
)
def test_not_let_in(answer: str, kind: type[WireError]) -> None:
    with pytest.raises(kind), pop3_client(BEGIN, f"S: {answer}"):
        pass


def test_stls_is_required() -> None:
    client = partial(open_client, scheme="pop3+starttls")
    with scripted("S: +OK hi\nC: STLS\nS: -ERR what") as server, pytest.raises(Refused, match="nothing secret"), client(server):
        pass


def test_what_was_said_before_tls_is_forgotten(authority: Authority) -> None:
    tls: ssl.SSLContext = authority.issue("127.0.0.1").server()
    before = f"S: +OK {STAMP}\nC: STLS\nRAW +OK go\\r\\n+OK\\r\\nEVIL\\r\\n.\\r\\n+OK\\r\\n\nTLS\n"
    script = before + SIGNED_IN.replace("S: +OK hello", "")
    with scripted(script, tls=tls) as server, open_client(server, "pop3+starttls", trust=authority.trust()) as client:
        assert set(client.capabilities) == {"USER", "UIDL", "TOP"}


def test_a_server_without_names() -> None:
    with pop3_client(SIGNED_IN, "C: LIST\nS: +OK\nS: 1 120\nS: 2 7\nS: .\nC: UIDL\nS: -ERR what") as client:
        assert client.entries() == [Entry(1, 120), Entry(2, 7)]


def test_odd_rows_of_a_listing() -> None:
    listing = "C: LIST\nS: +OK\nS: 2 7 octets\nS: 1 120\nS: x y\nS:\nS: .\nC: UIDL\nS: +OK\nS: 1 a\nS: 3 b\nS: ."
    with pop3_client(SIGNED_IN, listing) as client:
        assert client.entries() == [Entry(1, 120, "a"), Entry(2, 7)]


@pytest.mark.parametrize("end", ["S: half a letter\nCLOSE", "S: half a letter\nRESET"])
def test_a_line_that_breaks_in_a_letter(end: str) -> None:
    with pytest.raises(TryLater), pop3_client(SIGNED_IN, f"C: RETR 1\nS: +OK\n{end}") as client:
        list(client.letter(1))


def test_a_refused_quit_is_told() -> None:
    with pytest.raises(CommandRefused), pop3_client(SIGNED_IN, "C: QUIT\nS: -ERR some letters were not removed") as client:
        client.quit()


def test_a_listing_without_end_closes_the_line() -> None:
    script = "C: LIST\nS: +OK\n" + "S: 1 1\n" * 50 + "HANG"
    with pytest.raises(Malformed), pop3_client(SIGNED_IN, script, limits=Limits(listing=100, piece=16)) as client:
        client.entries()


def test_a_silent_server() -> None:
    with pytest.raises(TryLater, match="in time"), pop3_client("S: +OK\nHANG", timeouts=Timeouts(reply=0.05)):
        pass


@pytest.mark.parametrize("greeting", ["* OK IMAP4rev1 ready", "220 smtp.example.com", "SSH-2.0-OpenSSH"])
def test_another_kind_of_server(greeting: str) -> None:
    with pytest.raises(Refused, match="does not speak POP3"), pop3_client(f"S: {greeting}"):
        pass
