"""The client against a real Postfix, with a real Dovecot behind it that knows the passwords and keeps the letters."""

from dataclasses import replace

import pytest

from mailbox.smtp.client import SmtpClient
from mailbox.smtp.content import MailData
from mailbox.smtp.dialogue import Envelope
from mailbox.smtp.record import Record
from mailbox.smtp.verdict import Outcome
from mailbox.wire import Credentials, Endpoint, Refused, SignInFailed
from tests.real import LOOPBACK, PASSWORD, Dovecot, Postfix

LETTER = (
    b"Date: Tue, 17 Mar 2026 08:00:00 +0100\r\n"
    b"From: alice@crepes.fr\r\nTo: bob@hamburger.edu\r\nSubject: Lunch\r\nMessage-ID: <lunch@crepes.fr>\r\n\r\n"
    b"Do you like ketchup?\r\n.\r\n..\r\nHow about pickles?\r\n"
)
ALICE = Credentials("alice@crepes.fr", PASSWORD)


def connect(postfix: Postfix, scheme: str = "submission", **options: object) -> SmtpClient:
    endpoint = Endpoint(scheme, "localhost", postfix.smtp)
    return SmtpClient.connect(endpoint, LOOPBACK, **{"name": "crepes.fr", "trust": postfix.dovecot.trust(), **options})


def send(client: SmtpClient, *recipients: str, **facts: int) -> tuple[Outcome, ...]:
    with client:
        return client.send(Envelope("alice@crepes.fr", recipients), replace(MailData.of(LETTER), **facts))


def test_a_letter_arrives_byte_by_byte(postfix: Postfix, dovecot: Dovecot) -> None:
    bob = dovecot.newcomer()
    outcome = send(connect(postfix, credentials=ALICE), bob)[0]
    assert (outcome.verdict, outcome.reply.enhanced if outcome.reply else "") == ("accepted", "2.0.0")
    dovecot.wait_for_letters(bob, 1)
    kept = dovecot.doveadm("fetch", "-u", bob, "text", "mailbox", "INBOX")
    assert LETTER.decode().replace("\r\n", "\n") in kept.replace("\r\n", "\n")


def test_it_is_said_in_three_breaths(postfix: Postfix) -> None:
    record = Record()
    send(connect(postfix, record=record), "bob@hamburger.edu")
    said = [text.split()[0] for _, who, text in record.lines if who == "C"]
    assert said == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]
    assert any("certificate verified" in text for _, who, text in record.lines if who == "!")


def test_each_recipient_by_itself(postfix: Postfix) -> None:
    outcomes = send(connect(postfix), "bob@hamburger.edu", "nobody@hamburger.edu", "somebody@elsewhere.example")
    assert [one.verdict.value for one in outcomes] == ["accepted", "refused", "later"]
    assert [one.reply.enhanced for one in outcomes if one.reply] == ["2.0.0", "5.1.1", "4.7.1"]


def test_a_wrong_password(postfix: Postfix) -> None:
    with pytest.raises(SignInFailed, match="535"):
        connect(postfix, credentials=Credentials("alice@crepes.fr", "wrong"))


def test_a_letter_too_large_for_it(postfix: Postfix) -> None:
    outcome = send(connect(postfix), "bob@hamburger.edu", size=60 * 2**20)[0]
    assert (outcome.verdict, outcome.reply) == ("refused", None)


def test_a_certificate_that_nobody_here_knows(postfix: Postfix) -> None:
    with pytest.raises(Refused, match="an issuer that is not known here"):
        connect(postfix, trust=None)


def test_found_by_mx_it_gets_tls_without_proof(postfix: Postfix) -> None:
    client = connect(postfix, "direct", trust=None)
    assert client.tls.endswith("certificate not verified")
    assert send(client, "bob@hamburger.edu")[0].verdict == "accepted"


def test_the_password_itself_is_never_said_where_scram_is_offered(postfix: Postfix) -> None:
    record = Record()
    connect(postfix, credentials=ALICE, record=record).quit()
    assert "AUTH SCRAM-SHA-256 ****" in [text for _, _, text in record.lines]
