"""The client's talk, line by line, with servers that follow a script."""

from dataclasses import replace

import pytest

from mailbox.smtp.content import MailData
from mailbox.smtp.phase import Timeouts
from mailbox.smtp.record import Record
from mailbox.smtp.verdict import Verdict
from mailbox.wire import Refused, TryLater
from tests.fakes.smtp_script import scripted
from tests.smtp.scripts import BYE, HELLO, LETTER, PIPELINING, RAW, TO_THE_DOT, connect, envelope, send, verdicts

# Kurose and Ross, Computer Networking, section 2.3.1: a server that knows only HELO.
LECTURE_BOOK = """
    S: 220 hamburger.edu
    C: EHLO crepes.fr
    S: 502 Command not implemented
    C: HELO crepes.fr
    S: 250 Hello crepes.fr, pleased to meet you
    C: MAIL FROM:<alice@crepes.fr>
    S: 250 alice@crepes.fr ... Sender ok
    C: RCPT TO:<bob@hamburger.edu>
    S: 250 bob@hamburger.edu ... Recipient ok
    C: DATA
    S: 354 Enter mail, end with "." on a line by itself
    LETTER
    S: 250 Message accepted for delivery
    C: QUIT
    S: 221 hamburger.edu closing connection
"""


def test_the_dialogue_of_the_lecture_book() -> None:
    record = Record()
    with scripted(LECTURE_BOOK) as server:
        outcomes = send(server, record=record)
    assert verdicts(outcomes) == ["accepted"]
    assert outcomes[0].reply
    assert outcomes[0].reply.text == "Message accepted for delivery"
    assert server.letters == [RAW]
    talk = [f"{who}: {text}" for _, who, text in record.lines]
    expected = [line.strip() for line in LECTURE_BOOK.strip().splitlines()]
    at = expected.index("LETTER")
    expected[at : at + 1] = [f"!: The letter, {len(RAW)} octets.", "C: ."]
    assert talk == expected


def test_pipelining_says_it_all_in_one_breath() -> None:
    talk = """
        C: MAIL FROM:<alice@crepes.fr> SIZE=*
        C: RCPT TO:<bob@hamburger.edu>
        C: RCPT TO:<carol@hamburger.edu>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 250 ok
        S: 354 go
        LETTER
        S: 250 2.0.0 queued as 4Zq1x7
    """
    with scripted(PIPELINING + talk + BYE) as server:
        assert verdicts(send(server, "bob@hamburger.edu", "carol@hamburger.edu")) == ["accepted", "accepted"]


def test_a_long_list_goes_in_groups_whose_replies_fit_the_buffers() -> None:
    everybody = [f"r{number}@hamburger.edu" for number in range(120)]
    groups = [["MAIL FROM:*", *(f"RCPT TO:<{address}>" for address in everybody), "DATA"][n : n + 50] for n in range(0, 122, 50)]
    talk = ""
    for group in groups:
        talk += "".join(f"C: {line}\n" for line in group)
        talk += "".join("S: 354 go\n" if line == "DATA" else "S: 250 ok\n" for line in group)
    with scripted(PIPELINING + talk + "LETTER\nS: 250 ok\n" + BYE) as server:
        assert set(verdicts(send(server, *everybody))) == {"accepted"}


@pytest.mark.parametrize("hello", [HELLO, PIPELINING])
def test_t57_each_recipient_has_a_fate_of_its_own(hello: str) -> None:
    dialogue = [
        ("MAIL FROM:*", "250 ok"),
        ("RCPT TO:<a@b.example>", "250 2.1.5 ok"),
        ("RCPT TO:<c@b.example>", "450 4.2.1 greylisted"),
        ("RCPT TO:<d@b.example>", "550 5.1.1 no such user"),
        ("DATA", "354 go"),
    ]
    if hello is PIPELINING:
        talk = "".join(f"C: {c}\n" for c, _ in dialogue) + "".join(f"S: {s}\n" for _, s in dialogue)
    else:
        talk = "".join(f"C: {c}\nS: {s}\n" for c, s in dialogue)
    with scripted(hello + talk + "LETTER\nS: 250 2.0.0 queued\n" + BYE) as server:
        outcomes = send(server, "a@b.example", "c@b.example", "d@b.example")
    assert verdicts(outcomes) == ["accepted", "later", "refused"]
    assert [outcome.reply.enhanced for outcome in outcomes if outcome.reply] == ["2.0.0", "4.2.1", "5.1.1"]


def test_mail_refused_ends_it_there() -> None:
    with scripted(HELLO + "C: MAIL FROM:*\nS: 550 5.7.1 not from you\n" + BYE) as server:
        assert verdicts(send(server)) == ["refused"]


def test_t64_the_first_error_wins_when_the_server_refuses_mail_and_hangs_up() -> None:
    talk = "C: MAIL FROM:*\nC: RCPT TO:*\nC: DATA\nS: 550 5.7.1 blocked\nRESET"
    with scripted(PIPELINING + talk) as server:
        outcome = send(server)[0]
    assert outcome.verdict == Verdict.REFUSED
    assert outcome.reply
    assert outcome.reply.text == "5.7.1 blocked"


@pytest.mark.parametrize("answer", ["250 whatever", "554 no valid recipients"])
def test_t66_354_with_nobody_to_take_it_gets_a_lone_dot(answer: str) -> None:
    talk = f"""
        C: MAIL FROM:*
        C: RCPT TO:*
        C: DATA
        S: 250 ok
        S: 550 5.1.1 no such user
        S: 354 go
        C: .
        S: {answer}
    """
    with scripted(PIPELINING + talk + BYE) as server:
        assert verdicts(send(server)) == ["refused"]
    assert server.letters == []


def test_nobody_accepted_means_no_data() -> None:
    with scripted(HELLO + "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 450 later\n" + BYE) as server:
        assert verdicts(send(server)) == ["later"]


@pytest.mark.parametrize("reply", ["452 4.5.3 Too many recipients", "552 too many", "452 too many"])
def test_t65_too_many_recipients_go_into_the_next_transaction(reply: str) -> None:
    talk = f"""
        C: MAIL FROM:*
        S: 250 ok
        C: RCPT TO:<a@b.example>
        S: 250 ok
        C: RCPT TO:<c@b.example>
        S: {reply}
        C: DATA
        S: 354 go
        LETTER
        S: 250 ok
    """
    with scripted(HELLO + talk + BYE) as server:
        assert verdicts(send(server, "a@b.example", "c@b.example")) == ["accepted", "overflow"]


@pytest.mark.parametrize(
    ("reply", "verdict"), [("451 4.3.0 try again", "later"), ("554 5.6.0 no", "refused"), ("250 what", "later")]
)
def test_data_refused(reply: str, verdict: str) -> None:
    talk = f"C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 250 ok\nC: DATA\nS: {reply}\n"
    with scripted(HELLO + talk + BYE) as server:
        assert verdicts(send(server)) == [verdict]


def test_a_letter_that_is_too_large_is_not_even_offered() -> None:
    with scripted(HELLO + BYE) as server, connect(server) as client:
        outcome = client.send(envelope(), replace(LETTER, size=1_000_001))[0]
    assert outcome.verdict == Verdict.REFUSED
    assert outcome.trouble == "The letter has 1,000,001 bytes, and the receiving server takes at most 1,000,000."


def test_dots_are_stuffed_on_the_wire() -> None:
    with scripted(HELLO + TO_THE_DOT + "S: 250 ok" + BYE) as server, connect(server) as client:
        client.send(envelope(), MailData.of(b"Subject: x\r\n\r\n.\r\n..\r\nend\r\n"))
    assert server.letters == [b"Subject: x\r\n\r\n..\r\n...\r\nend\r\n"]


def test_a_bad_address_stops_nobody_else() -> None:
    talk = "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:<bob@hamburger.edu>\nS: 250 ok\nC: DATA\nS: 354 go\nLETTER\nS: 250 ok\n"
    with scripted(HELLO + talk + BYE) as server:
        outcomes = send(server, "no address", "bob@hamburger.edu", "a@b\r\nDATA")
    assert verdicts(outcomes) == ["refused", "accepted", "refused"]


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    with scripted(HELLO + BYE) as server:
        outcome = send(server, "김@hamburger.edu")[0]
    assert (outcome.verdict, outcome.trouble) == (
        Verdict.REFUSED,
        "The receiving server takes only plain ASCII addresses, and 김@hamburger.edu is not one.",
    )


def test_smtputf8_is_said_where_it_is_needed() -> None:
    hello = HELLO.replace("SIZE 1000000", "SMTPUTF8")
    talk = TO_THE_DOT.replace("MAIL FROM:*", "MAIL FROM:<alice@crepes.fr> SMTPUTF8").replace("TO:*", "TO:<김@hamburger.edu>")
    with scripted(hello + talk + "S: 250 ok" + BYE) as server:
        assert verdicts(send(server, "김@hamburger.edu")) == ["accepted"]


def test_reports_are_asked_for_where_the_server_knows_how() -> None:
    asked = "C: MAIL FROM:<alice@crepes.fr> RET=HDRS ENVID=1+2B1@crepes.fr\nS: 250 ok\n"
    asked += "C: RCPT TO:<bob@hamburger.edu> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bob@hamburger.edu\nS: 250 ok\n"
    hello = HELLO.replace("SIZE 1000000", "DSN")
    with scripted(hello + asked + "C: DATA\nS: 354 go\nLETTER\nS: 250 ok\n" + BYE) as server, connect(server) as client:
        assert verdicts(client.send(replace(envelope(), envid="1+1@crepes.fr"), LETTER)) == ["accepted"]


def test_no_report_is_asked_for_where_it_does_not() -> None:
    mail = f"MAIL FROM:<alice@crepes.fr> SIZE={LETTER.size}"
    plain = TO_THE_DOT.replace("MAIL FROM:*", mail).replace("TO:*", "TO:<bob@hamburger.edu>")
    with scripted(HELLO + plain + "S: 250 ok\n" + BYE) as server, connect(server) as client:
        assert verdicts(client.send(replace(envelope(), envid="1@crepes.fr"), LETTER)) == ["accepted"]


def test_a_line_is_used_again() -> None:
    talk = TO_THE_DOT + "S: 250 ok\n"
    with scripted(HELLO + talk + talk + BYE) as server, connect(server) as client:
        assert verdicts(client.send(envelope(), LETTER) + client.send(envelope(), LETTER)) == ["accepted", "accepted"]


def test_what_was_left_open_is_reset_first() -> None:
    refused = "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 550 no\n"
    with scripted(HELLO + refused + "C: RSET\nS: 250 ok\n" + TO_THE_DOT + "S: 250 ok" + BYE) as server, connect(server) as client:
        assert verdicts(client.send(envelope(), LETTER) + client.send(envelope(), LETTER)) == ["refused", "accepted"]


def test_after_421_nothing_more_is_said() -> None:
    with scripted(HELLO + "C: MAIL FROM:*\nS: 421 closing\nCLOSE") as server, connect(server) as client:
        assert verdicts(client.send(envelope(), LETTER)) == ["later"]
        assert client.broken


def test_the_caller_is_asked_just_before_the_dot() -> None:
    seen: list[list[str]] = []
    record = Record()
    with scripted(HELLO + TO_THE_DOT + "S: 250 ok" + BYE) as server, connect(server, record=record) as client:
        client.send(envelope(), LETTER, before_dot=lambda: seen.append([text for _, who, text in record.lines if who == "C"]))
    assert seen[0][-1] == "DATA"


def test_the_dot_never_goes_if_the_caller_objects() -> None:
    def object_to_it() -> None:
        raise RuntimeError("the lease is lost")

    with scripted(HELLO + TO_THE_DOT.replace("LETTER", "HANG")) as server, connect(server) as client:
        with pytest.raises(RuntimeError):
            client.send(envelope(), LETTER, before_dot=object_to_it)
        assert client.broken


def test_the_caller_is_told_that_a_long_wait_goes_on() -> None:
    beats: list[int] = []
    patient = Timeouts(dot=0.4, pulse=0.1)
    with (
        scripted(HELLO + TO_THE_DOT + "HANG") as server,
        connect(server, timeouts=patient, pulse=lambda: beats.append(1)) as client,
    ):
        client.send(envelope(), LETTER)
    assert len(beats) >= 2


def test_eight_bit_letters_say_so() -> None:
    hello = HELLO.replace("SIZE 1000000", "8BITMIME")
    talk = TO_THE_DOT.replace("MAIL FROM:*", "MAIL FROM:<alice@crepes.fr> BODY=8BITMIME")
    with scripted(hello + talk + "S: 250 ok" + BYE) as server, connect(server) as client:
        client.send(envelope(), MailData.of("안녕\r\n".encode()))
    assert server.letters == ["안녕\r\n".encode()]


@pytest.mark.parametrize(
    ("script", "error", "sentence"),
    [
        ("S: 554 5.7.1 go away\n", Refused, "takes no mail from here"),
        ("S: 421 busy\nCLOSE", TryLater, "takes no mail from here"),
        ("S: 220 hi\nC: EHLO *\nS: 451 not now\n", TryLater, "does not return our greeting"),
        ("S: 220 hi\nC: EHLO *\nS: 550 no\nC: HELO *\nS: 550 no\n", Refused, "does not return our greeting"),
        ("CLOSE", TryLater, "hung up"),
        ("HANG", TryLater, "did not answer in time"),
        ("S: SSH-2.0-OpenSSH\nHANG", TryLater, "not SMTP"),
    ],
)
def test_a_server_that_will_not_have_us(script: str, error: type[Exception], sentence: str) -> None:
    record = Record()
    with scripted(script) as server, pytest.raises(error, match=sentence):
        connect(server, record=record)
    assert record.lines[-1][1] == "!"
