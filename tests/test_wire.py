"""The guarded way out: no private address by any spelling, no certificate that does not verify."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from mailbox.wire import Credentials, Endpoint, Guard, Refused, TryLater, ascii_host, connect, default_trust, secure
from tests.fakes.authority import DAY, NOW, Authority, Paper

HOME = Guard(allow=("127.0.0.0/8", "::1/128"))


@contextmanager
def listening(talk: Callable[[socket.socket], None] = lambda line: None) -> Iterator[int]:
    """A server on 127.0.0.1 that does `talk` with its first caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, talk))
        thread.start()
        yield server.getsockname()[1]
        with suppress(OSError):
            socket.create_connection(server.getsockname(), 1).close()
        thread.join()


def _serve(server: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    line, _ = server.accept()
    with line, suppress(OSError):
        talk(line)


def tls(paper: Paper) -> Callable[[socket.socket], None]:
    def talk(line: socket.socket) -> None:
        with paper.server().wrap_socket(line, server_side=True) as secured:
            secured.sendall(b"hello")

    return talk


def read_to_the_end(line: socket.socket) -> None:
    while line.recv(4096):
        pass


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def nobody_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection that is tried fails the test."""

    def connect_to(line: socket.socket, address: object) -> None:
        raise AssertionError(f"a packet left for {address}")

    monkeypatch.setattr(socket.socket, "connect", connect_to)


PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost", "localhost.",
    "127.0.0.1.", "0.0.0.0", "0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:0a00:0001", "::127.0.0.1", "fe80::1",
    "fe80::1%lo", "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::1", "2001::1", "2001:db8::1", "fec0::1", "3fff::1", "100::1",
]  # fmt: skip


@pytest.mark.usefixtures("nobody_calls")
@pytest.mark.parametrize("host", PRIVATE)
def test_no_packet_goes_to_a_private_address_however_written(host: str) -> None:
    with pytest.raises((Refused, TryLater)):
        connect(Endpoint("imaps", host, 993), Guard(), timeout=2)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450:4001::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]
)
def test_the_world_is_open_on_the_ports_of_mail_only(address: str) -> None:
    assert Guard().permits(address, 993)
    assert not Guard().permits(address, 6379)


@pytest.mark.usefixtures("nobody_calls")
@pytest.mark.parametrize("scheme", ["imap+plain", "pop3+plain", "smtp+plain"])
def test_nothing_is_said_in_the_clear_to_the_world(scheme: str) -> None:
    with pytest.raises(Refused, match="only under TLS"):
        connect(Endpoint(scheme, "192.0.32.7", 143), HOME, timeout=2)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "127.9.9.9"])
def test_an_allowed_network_is_open_on_every_port(address: str) -> None:
    assert HOME.permits(address, 6379)
    assert not HOME.permits("10.0.0.1", 993)


def test_t79_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["192.0.32.7", "127.0.0.1", "127.0.0.1"])
    called: list[tuple[str, int]] = []

    def look_up(host: bytes, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", lambda line, address: called.append(address))
    connect(Endpoint("imap+starttls", "rebind.example", 143), Guard(), timeout=2).close()
    assert called == [("192.0.32.7", 143)]


def test_a_name_with_a_private_and_a_public_address_leads_to_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, int]] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 143)) for address in ("10.0.0.1", "192.0.32.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket.socket, "connect", lambda line, address: called.append(address))
    connect(Endpoint("imap+starttls", "mixed.example", 143), Guard(), timeout=2).close()
    assert called == [("192.0.32.7", 143)]


def test_private_hosts_all_get_the_same_answer_whether_or_not_something_listens() -> None:
    with listening() as port, pytest.raises(Refused) as open_one:
        connect(Endpoint("imap+plain", "127.0.0.1", port), Guard(), timeout=2)
    with pytest.raises(Refused) as closed_one:
        connect(Endpoint("imap+plain", "127.0.0.1", port), Guard(), timeout=2)
    assert str(open_one.value) == str(closed_one.value)


@pytest.mark.parametrize("host", ["a b", "a\r\nb", "a\0b", "", ".", "a/b", "x" * 300, "\u2603.\u2603" * 80])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="is not a host name"):
        connect(Endpoint("imaps", host, 993), Guard(), timeout=2)


def test_a_korean_domain_is_looked_up_in_its_ascii_form() -> None:
    assert ascii_host("메일.한국") == "xn--h32bq4v.xn--3e0b707e"


def test_an_allowed_server_is_reached() -> None:
    with (
        listening(lambda line: line.sendall(b"* OK")) as port,
        connect(Endpoint("imap+plain", "127.0.0.1", port), HOME, timeout=5) as line,
    ):
        assert line.recv(4) == b"* OK"


def test_the_next_address_is_tried_when_the_first_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(lambda line: line.sendall(b"220")) as port:
        pairs = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pairs)
        with connect(Endpoint("smtp+plain", "two.example", port), HOME, timeout=5) as line:
            assert line.recv(3) == b"220"
        monkeypatch.undo()


def test_nobody_there_is_worth_another_try() -> None:
    with listening() as port:
        pass
    with pytest.raises(TryLater, match=f"127.0.0.1 takes no connections on port {port}"):
        connect(Endpoint("imap+plain", "127.0.0.1", port), HOME, timeout=2)


@pytest.mark.parametrize(
    ("errno", "kind"), [(socket.EAI_NONAME, Refused), (socket.EAI_AGAIN, TryLater), (socket.EAI_FAIL, TryLater)]
)
def test_an_unknown_name_is_told_apart_from_a_silent_name_server(
    errno: int, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(errno, "no")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(kind, match=r"nowhere\.example"):
        connect(Endpoint("imaps", "nowhere.example", 993), Guard(), timeout=2)


def test_a_certificate_that_verifies(authority: Authority) -> None:
    with listening(tls(authority.issue("127.0.0.1"))) as port:
        endpoint = Endpoint("imaps", "127.0.0.1", port)
        with connect(endpoint, HOME, timeout=5, trust=authority.trust()) as line:
            assert line.recv(5) == b"hello"


def test_an_expired_certificate(authority: Authority) -> None:
    with listening(tls(authority.issue("127.0.0.1", until=NOW - DAY))) as port, pytest.raises(Refused, match="has expired"):
        connect(Endpoint("imaps", "127.0.0.1", port), HOME, timeout=5, trust=authority.trust())


@pytest.mark.parametrize(("host", "sentence"), [("localhost", "is for another name"), ("127.0.0.1", "is for another address")])
def test_a_certificate_for_another_name(host: str, sentence: str, authority: Authority) -> None:
    with listening(tls(authority.issue("other.example"))) as port, pytest.raises(Refused, match=sentence):
        connect(Endpoint("imaps", host, port), HOME, timeout=5, trust=authority.trust())


def test_a_certificate_from_an_unknown_issuer(authority: Authority) -> None:
    with listening(tls(authority.issue("127.0.0.1"))) as port, pytest.raises(Refused, match="an issuer that is not known here"):
        connect(Endpoint("imaps", "127.0.0.1", port), HOME, timeout=5)


def test_a_server_without_tls(authority: Authority) -> None:
    with (
        listening(lambda line: line.sendall(b"* OK IMAP4rev1 ready\r\n")) as port,
        pytest.raises(Refused, match="does not speak TLS"),
    ):
        connect(Endpoint("imaps", "127.0.0.1", port), HOME, timeout=5, trust=authority.trust())


def test_a_handshake_that_never_ends(authority: Authority) -> None:
    with (
        listening(read_to_the_end) as port,
        pytest.raises(TryLater),
    ):
        connect(Endpoint("imaps", "127.0.0.1", port), HOME, timeout=0.3, trust=authority.trust())


def test_an_old_tls_version_is_not_spoken(authority: Authority) -> None:
    def old(line: socket.socket) -> None:
        line.recv(1024)
        line.sendall(bytes.fromhex("15030200020246"))  # an alert in the words of TLS 1.1: protocol_version

    with listening(old) as port, pytest.raises(Refused, match="no TLS version"):
        connect(Endpoint("imaps", "127.0.0.1", port), HOME, timeout=5, trust=authority.trust())


def test_the_upgrade_after_starttls(authority: Authority) -> None:
    paper = authority.issue("127.0.0.1")

    def upgrade(line: socket.socket) -> None:
        line.sendall(b"go")
        tls(paper)(line)

    with listening(upgrade) as port:
        plain = connect(Endpoint("submission", "127.0.0.1", port), HOME, timeout=5)
        assert plain.recv(2) == b"go"
        with secure(plain, "127.0.0.1", timeout=5, trust=authority.trust()) as line:
            assert line.version() in {"TLSv1.2", "TLSv1.3"}


def test_an_endpoint_is_written_as_it_was_read() -> None:
    text = "imaps://alice%40crepes.fr@imap.crepes.fr:993"
    assert str(Endpoint.parse(text)) == text
    assert Endpoint.parse("submission://[::1]").port == 587


@pytest.mark.parametrize("text", ["ftp://x", "imaps://", "imaps://x:0x", "imaps://x:99999", "x"])
def test_what_is_no_endpoint(text: str) -> None:
    with pytest.raises(ValueError, match=r"start with one of|no usable port|no host"):
        Endpoint.parse(text)


def test_t80_a_password_is_never_printed() -> None:
    assert "hunter2" not in repr(Credentials("alice", "hunter2"))


def test_the_default_trust_wants_tls_12() -> None:
    assert default_trust().minimum_version == ssl.TLSVersion.TLSv1_2
    assert default_trust().verify_mode == ssl.CERT_REQUIRED
