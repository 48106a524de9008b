"""Servers that stall, lie, flood or die: one clear error, in time, with little memory."""

import resource
import time

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.errors import Busy, CommandRefused, Malformed
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.limits import Limits, Timeouts
from mailbox.wire import TryLater
from tests.fakes.imap_script import EXAMINED, SIGNED_IN, client_of, signed_in

FETCH = "C: UID FETCH 5 (UID BODY.PEEK*"
BODY = Items(flags=False, body=True)


def fetch(client: ImapClient) -> list[Fetched]:
    return list(client.fetch([5], BODY))


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("S: * 1 FETCH (UID 5 BODY[] {4294967296}", "literal of 4294967296"),
        ("S: * 1 FETCH (UID 5 BODY[] {5}\nRAW abc\nCLOSE", "closed the connection"),
        ("S: * 1 FETCH (UID 5 BODY[] {5}\nRAW abc\nRESET", "broke"),
        ("S: * 1 FETCH (UID 5 BODY[] {5}\nRAW abc\nHANG", "in time"),
        ("S: * BYE bye {5}", "bye"),
        ("S: A9 OK what", "not sent"),
        ("S: + go", "complete"),
        ("DRIP 0.05 * OK this takes me rather a long time to say", "in time"),
    ],
)
def test_the_line_is_given_up(said: str, what: str) -> None:
    impatient = Timeouts(reply=5, quiet=0.5, total=1.5, rate=1e6)
    with client_of(SIGNED_IN, FETCH, said, timeouts=impatient) as client, pytest.raises(TryLater, match=what):
        fetch(client)


def test_a_second_answer_to_one_command() -> None:
    with client_of(SIGNED_IN, "C: NOOP\nS: $ OK\nS: $ OK\nC: NOOP") as client:
        client.noop()
        with pytest.raises(Malformed, match="not sent"):
            client.noop()


def test_a_line_that_was_given_up_stays_so() -> None:
    with client_of(SIGNED_IN, "C: NOOP\nS: A9 OK") as client:
        for _ in range(2):
            with pytest.raises(TryLater):
                client.noop()


def test_a_slow_letter_is_no_slow_server() -> None:
    """Octets buy time: what flows faster than `rate` may take longer than `total`."""
    steady = Timeouts(reply=5, quiet=5, total=1, rate=10)
    with client_of(SIGNED_IN, "C: NOOP\nDRIP 0.05 * OK a long word of the server\nS: \nS: $ OK", timeouts=steady) as client:
        client.noop()


def test_a_flood_of_exists_leaves_one() -> None:
    with client_of(SIGNED_IN, "C: NOOP\nMANY 50000 * %d EXISTS\nS: $ OK") as client:
        client.noop()
        assert len(client.take_untagged()) == 1


@pytest.mark.parametrize("line", ["* %d EXPUNGE", "* %d FETCH (UID %d FLAGS ())", "* VANISHED %d"])
def test_a_flood_of_news_ends(line: str) -> None:
    with client_of(SIGNED_IN, f"C: NOOP\nMANY 3000 {line}", limits=Limits(news=1000)) as client:
        with pytest.raises(Malformed, match="news"):
            client.noop()
        with pytest.raises(TryLater):
            client.noop()


def test_a_flood_of_answers_ends() -> None:
    flood, limits = 'C: LIST *\nMANY 30000 * LIST () "/" "folder %d"', Limits(answer=100_000)
    with client_of(SIGNED_IN, flood, limits=limits) as client, pytest.raises(Malformed, match="more than 100000 octets"):
        client.list_folders()


def test_letters_that_nobody_asked_for_are_news_without_their_bytes() -> None:
    uninvited = "RAW * 2 FETCH (UID 6 FLAGS (\\\\Seen) BODY[] {3}\\r\\nabc)\\r\\n"
    with client_of(SIGNED_IN, f"{FETCH}\n{uninvited}\nS: $ OK") as client:
        assert fetch(client) == []
        (news,) = client.take_untagged()
    assert isinstance(news, Fetched)
    assert (news.uid, news.flags, news.body) == (6, 1, None)


@pytest.mark.parametrize(
    "answer", ["NO Some of the requested messages no longer exist.", "NO [EXPUNGEISSUED] gone", "NO No such message"]
)
def test_letters_that_went_away_meanwhile_are_no_fault(answer: str) -> None:
    letter = "RAW * 1 FETCH (UID 5 BODY[] {3}\\r\\nabc)\\r\\n"
    with client_of(SIGNED_IN, f"{FETCH}\n{letter}\nS: $ {answer}\nC: UID STORE *\nS: $ {answer}") as client:
        assert [found.body for found in client.fetch([5], BODY)] == [b"abc"]
        client.store([5], flags=("\\Seen",), on=True)


def test_t32_a_throttling_server_says_how_long() -> None:
    answer = "BAD Request is throttled. Suggested Backoff Time: 4200 milliseconds"
    with client_of(SIGNED_IN, f"C: NOOP\nS: $ {answer}") as client, pytest.raises(Busy) as caught:
        client.noop()
    assert caught.value.seconds == 4.2


def test_a_hint_of_years_is_capped() -> None:
    script = "C: NOOP\nS: $ NO throttled, backoff time: 999999999999"
    with client_of(SIGNED_IN, script) as client, pytest.raises(Busy) as caught:
        client.noop()
    assert caught.value.seconds == 1800


def test_a_refusal_has_code_and_text() -> None:
    script = "C: CREATE *\nS: $ NO [OVERQUOTA] mailbox full"
    with client_of(SIGNED_IN, script) as client, pytest.raises(CommandRefused) as caught:
        client.create("x")
    assert (caught.value.code, caught.value.text) == ("OVERQUOTA", "mailbox full")
    assert str(caught.value) == "The mail server refused the new folder. It said: mailbox full"


def test_a_search_that_finds_more_than_there_is() -> None:
    search = "C: UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH UID ALL 1:4294967295\nS: $ OK"
    with client_of(signed_in("ESEARCH"), EXAMINED, search) as client:
        client.select("INBOX")
        with pytest.raises(Malformed, match="more letters"):
            client.search_all()


def test_hostile_answers_take_little_memory() -> None:
    flood = "C: NOOP\nMANY 50000 * %d EXISTS\nMANY 90000 * 9 EXPUNGE\nS: $ OK"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with client_of(SIGNED_IN, flood, timeouts=Timeouts(total=60)) as client:
        client.noop()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_waiting_ends_in_time() -> None:
    with client_of(SIGNED_IN, "C: NOOP\nHANG", timeouts=Timeouts(reply=0.5)) as client:
        start = time.monotonic()
        with pytest.raises(TryLater):
            client.noop()
        assert time.monotonic() - start < 2
