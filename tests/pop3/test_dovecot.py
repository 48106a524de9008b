"""The client and a real Dovecot: what goes in comes out, octet by octet, and goes away when it is told to."""

import pytest

from mailbox.pop3.client import Pop3Client
from mailbox.pop3.errors import CommandRefused
from mailbox.wire import Credentials, Refused, SignInFailed
from tests.real import LOOPBACK, Dovecot

LETTER = b"From: bob@hamburger.edu\r\nSubject: Dots\r\n\r\n.\r\n..\r\n.leading\r\n" + b"x" * 200_000 + b"\r\n"


@pytest.fixture
def address(dovecot: Dovecot) -> str:
    address = "charlie@crepes.fr"
    dovecot.doveadm("expunge", "-u", address, "mailbox", "INBOX", "all")
    dovecot.save(address, "INBOX", LETTER)
    return address


def connect(dovecot: Dovecot, address: str, scheme: str = "pop3+plain") -> Pop3Client:
    return Pop3Client.connect(dovecot.endpoint(scheme, address), dovecot.credentials(address), LOOPBACK, trust=dovecot.trust())


@pytest.mark.parametrize("scheme", ["pop3s", "pop3+starttls", "pop3+plain"])
def test_octets_come_out_as_they_went_in(dovecot: Dovecot, address: str, scheme: str) -> None:
    with connect(dovecot, address, scheme) as client:
        (entry,) = client.entries()
        assert b"".join(client.letter(entry.number)) == LETTER
        assert client.header(entry.number) == LETTER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert entry.uidl


def test_nothing_is_removed_before_quit(dovecot: Dovecot, address: str) -> None:
    with connect(dovecot, address) as client:
        client.delete(1)
    assert dovecot.count(address) == 1
    with connect(dovecot, address) as client:
        client.delete(1)
        client.quit()
    assert dovecot.count(address) == 0


def test_a_wrong_password(dovecot: Dovecot, address: str) -> None:
    with pytest.raises(SignInFailed):
        Pop3Client.connect(dovecot.endpoint("pop3+plain", address), Credentials(address, "wrong"), LOOPBACK)


def test_a_letter_that_is_not_there(dovecot: Dovecot, address: str) -> None:
    with connect(dovecot, address) as client, pytest.raises(CommandRefused):
        client.letter(7)


def test_an_untrusted_certificate(dovecot: Dovecot, address: str) -> None:
    with pytest.raises(Refused, match="certificate"):
        Pop3Client.connect(dovecot.endpoint("pop3s", address), dovecot.credentials(address), LOOPBACK)
