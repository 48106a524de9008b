"""TLS: required means required, and what came before it is forgotten."""

import ssl
from pathlib import Path

import pytest

from mailbox.wire import Refused, TryLater
from tests.fakes.authority import Authority
from tests.fakes.smtp_script import scripted
from tests.smtp.scripts import ALICE, BYE, HELLO, TO_THE_DOT, connect, send, verdicts


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def papers(authority: Authority, host: str = "127.0.0.1") -> ssl.SSLContext:
    return authority.issue(host).server()


STARTTLS = HELLO.replace("SIZE 1000000", "STARTTLS") + "C: STARTTLS\nS: 220 go\n"
AFTER_TLS = "C: EHLO crepes.fr\nS: 250-hamburger.edu\nS: 250 AUTH PLAIN\n"


def test_t78_starttls_and_a_new_ehlo(authority: Authority) -> None:
    talk = STARTTLS + "TLS\n" + AFTER_TLS + "C: AUTH PLAIN *\nS: 235 ok\n" + BYE
    with scripted(talk, tls=papers(authority)) as server:
        client = connect(server, "submission", credentials=ALICE, trust=authority.trust())
        assert client.tls == "TLSv1.3, certificate verified"
        assert "STARTTLS" not in client.extensions
        client.quit()


def test_starttls_that_is_not_offered_sends_no_password() -> None:
    with scripted(HELLO) as server, pytest.raises(Refused, match="does not offer STARTTLS"):
        connect(server, "submission", credentials=ALICE)
    assert server.heard == ["EHLO crepes.fr"]


def test_starttls_that_is_refused_sends_no_password() -> None:
    with scripted(STARTTLS.replace("220 go", "454 no TLS today")) as server, pytest.raises(TryLater, match="does not begin TLS"):
        connect(server, "submission", credentials=ALICE)


def test_t78_what_was_said_ahead_of_tls_is_dropped(authority: Authority) -> None:
    injected = STARTTLS.replace("S: 220 go", r"RAW 220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n")
    with scripted(injected + "TLS\n" + AFTER_TLS.replace("AUTH PLAIN", "SIZE 7") + BYE, tls=papers(authority)) as server:
        client = connect(server, "submission", trust=authority.trust())
        assert (client.extensions.size, "AUTH" in client.extensions) == (7, False)
        client.quit()


def test_a_certificate_that_does_not_verify_ends_it(authority: Authority) -> None:
    tls = papers(authority, "other.example")
    with scripted(STARTTLS + "TLS FAILS", tls=tls) as server, pytest.raises(Refused, match="is for another address"):
        connect(server, "submission", credentials=ALICE, trust=authority.trust())


def test_tls_from_the_first_byte(authority: Authority) -> None:
    with scripted("TLS\n" + HELLO + BYE, tls=papers(authority)) as server:
        client = connect(server, "submissions", trust=authority.trust())
        assert client.tls == "TLSv1.3, certificate verified"
        client.quit()


def test_an_mx_host_gets_tls_without_proof_of_its_name(authority: Authority) -> None:
    talk = STARTTLS + "TLS\n" + AFTER_TLS + BYE
    with scripted(talk, tls=papers(authority, "other.example")) as server:
        client = connect(server, "direct")
        assert client.tls == "TLSv1.3, certificate not verified"
        client.quit()


def test_an_mx_host_whose_tls_is_broken_gets_the_letter_without() -> None:
    plain = HELLO.replace("SIZE 1000000", "STARTTLS")
    with scripted(STARTTLS + "CLOSE", plain + TO_THE_DOT + "S: 250 ok" + BYE) as server:
        assert verdicts(send(server, scheme="direct")) == ["accepted"]


def test_without_a_name_we_greet_with_our_address() -> None:
    with scripted(HELLO.replace("crepes.fr", "[127.0.0.1]") + BYE) as server:
        connect(server, name="").quit()
