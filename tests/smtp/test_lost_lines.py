"""Lines that die: what is certain, and what nobody can know (RFC 1047)."""

import pytest

from mailbox.smtp.content import MailData
from mailbox.smtp.phase import Timeouts
from mailbox.smtp.verdict import Verdict
from tests.fakes.smtp_script import scripted
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT, connect, envelope, send, verdicts


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        ("S: 451 4.3.0 later\n" + BYE, "later"),
        ("S: 554 5.7.1 spam\n" + BYE, "refused"),
        ("S: 421 4.3.2 closing\nCLOSE", "later"),
        ("CLOSE", "unknown"),
        ("RESET", "unknown"),
        ("HANG", "unknown"),
        ("S: gibberish\nHANG", "unknown"),
        ("RAW 250-ok\\r\\n\nCLOSE", "unknown"),
    ],
)
def test_after_the_dot(end: str, verdict: str) -> None:
    with scripted(HELLO + TO_THE_DOT + end) as server:
        assert verdicts(send(server)) == [verdict]


@pytest.mark.parametrize(
    "end", ["CLOSE", "RESET", "HANG", "S: gibberish\nHANG", "S: 421 closing\nCLOSE", "S: 503 bad sequence\n" + BYE]
)
@pytest.mark.parametrize("before", ["", "C: MAIL FROM:*\nS: 250 ok\n", "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 250 ok\n"])
def test_t63_before_the_dot_a_lost_line_means_later(before: str, end: str) -> None:
    with scripted(HELLO + before + "C: *\n" + end) as server:
        assert verdicts(send(server)) == ["later"]


def test_a_server_that_hangs_up_in_the_middle_of_the_letter_is_heard_first() -> None:
    talk = "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 250 ok\nC: DATA\nS: 354 go\nS: 552 5.3.4 too big\nCLOSE"
    letter = MailData.of((b"x" * 76 + b"\r\n") * 200_000)
    with scripted(HELLO.replace("SIZE 1000000", "8BITMIME") + talk) as server, connect(server) as client:
        outcome = client.send(envelope(), letter)[0]
    assert outcome.verdict == Verdict.REFUSED
    assert outcome.reply
    assert outcome.reply.enhanced == "5.3.4"


def test_a_tarpit_does_not_hold_us_longer_than_its_phase() -> None:
    drip = "".join("RAW 2\n" for _ in range(3))
    with scripted(HELLO + "C: MAIL FROM:*\n" + drip + "HANG") as server:
        outcome = send(server)[0]
    assert (outcome.verdict, outcome.trouble) == (Verdict.LATER, "127.0.0.1 did not answer in time.")


def test_t56_the_whole_talk_has_a_limit_but_the_dot_has_its_own_time() -> None:
    patient = Timeouts(talk=0.3, dot=0.6)
    with scripted(HELLO + "C: MAIL FROM:*\nHANG") as server:
        assert verdicts(send(server, timeouts=patient)) == ["later"]
    with scripted(HELLO + TO_THE_DOT + "HANG") as server:
        assert verdicts(send(server, timeouts=patient)) == ["unknown"]
