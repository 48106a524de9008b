"""TLS on the line: required where it was promised, checked, and nothing that came before it counts."""

import ssl
from contextlib import AbstractContextManager, closing

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.limits import LIMITS
from mailbox.imap.line import Line
from mailbox.imap.link import dial
from mailbox.wire import Refused
from tests.fakes.authority import Authority
from tests.fakes.imap_script import LOOPBACK, PERSON, QUICK, SIGNED_IN, imap_script, open_client
from tests.fakes.smtp_script import ScriptedServer
from tests.imap.test_line import LISTENING, turn, turn_until

SAFE_SIGN_IN = """
    TLS
    C: CAPABILITY
    S: * CAPABILITY IMAP4rev1
    S: $ OK
    C: LOGIN "alice" "secret"
    S: $ OK [CAPABILITY IMAP4rev1] welcome
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls(authority: Authority) -> ssl.SSLContext:
    return authority.issue("127.0.0.1").server()


@pytest.fixture(scope="module")
def trust(authority: Authority) -> ssl.SSLContext:
    return authority.trust()


def upgrade(server: ScriptedServer, trust: ssl.SSLContext | None = None) -> AbstractContextManager[ImapClient]:
    return open_client(server, "imap+starttls", trust=trust)


def test_starttls(tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    before = "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CLEAR] hello\nC: STARTTLS\nS: $ OK go"
    with imap_script(before, SAFE_SIGN_IN, tls=tls) as server, upgrade(server, trust) as client:
        assert client.capabilities == {"IMAP4REV1"}


def test_t37_what_was_said_before_tls_is_forgotten(tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    injected = "RAW A1 OK go\\r\\n* CAPABILITY EVIL\\r\\nA2 OK\\r\\nA3 OK [CAPABILITY EVIL]\\r\\n"
    before = f"S: * OK hello\nC: STARTTLS\n{injected}"
    with imap_script(before, SAFE_SIGN_IN, tls=tls) as server, upgrade(server, trust) as client:
        assert client.capabilities == {"IMAP4REV1"}


@pytest.mark.parametrize("answer", ["NO not today", "BAD what"])
def test_starttls_is_required(answer: str) -> None:
    script = f"S: * OK hi\nC: STARTTLS\nS: $ {answer}"
    with imap_script(script) as server, pytest.raises(Refused, match="nothing secret"), upgrade(server):
        pass
    assert server.heard == ["STARTTLS"]


def test_preauth_before_tls_is_refused() -> None:
    with imap_script("S: * PREAUTH hi alice") as server, pytest.raises(Refused, match="before the line is"), upgrade(server):
        pass
    assert server.heard == []


def test_a_certificate_that_does_not_verify(tls: ssl.SSLContext) -> None:
    script = "S: * OK hi\nC: STARTTLS\nS: $ OK\nTLS FAILS"
    with imap_script(script, tls=tls) as server, pytest.raises(Refused, match="certificate"), upgrade(server):
        pass
    assert server.heard == ["STARTTLS"]


def test_another_name_in_the_certificate(authority: Authority, trust: ssl.SSLContext) -> None:
    wrong = authority.issue("imap.elsewhere.example").server()
    with imap_script("TLS FAILS", tls=wrong) as server, pytest.raises(Refused, match="is for another"):
        ImapClient.connect(server.endpoint("imaps"), PERSON, LOOPBACK, trust=trust)


def test_tls_from_the_first_octet(tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    with imap_script("TLS", SIGNED_IN, tls=tls) as server, open_client(server, "imaps", trust=trust) as client:
        assert client.capabilities == {"IMAP4REV1"}


def test_t28_nothing_that_is_deciphered_stays_behind(
    tls: ssl.SSLContext, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No selector tells of it: here the first read takes a hundred octets of a record, and the news are at its end."""
    monkeypatch.setattr("mailbox.imap.line._CHUNK", 100)
    monkeypatch.setattr("mailbox.imap.line._CHUNKS_MAX", 1)
    news = "RAW " + r"* OK still here\r\n" * 100 + r"* 9 EXISTS\r\n"
    with imap_script("TLS", LISTENING, "CUE", news, "HANG", tls=tls) as server:
        link = dial(server.endpoint("imaps"), LOOPBACK, limits=LIMITS, timeouts=QUICK, trust=trust)
        with closing(Line(link, PERSON, now=0)) as line:
            turn_until(line, lambda: line.idling)
            server.cue()
            assert turn(line)
