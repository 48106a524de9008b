"""The watcher's line: the clock is in the test's hand, the servers play their part or are real."""

import re
import select
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from mailbox.imap.errors import CommandRefused, Malformed, NotOffered, Overflow
from mailbox.imap.limits import LIMITS, TIMEOUTS
from mailbox.imap.line import Line, Pace
from mailbox.imap.link import dial
from mailbox.wire import Credentials, Refused, SignInFailed, TryLater
from tests.fakes.imap_script import LOOPBACK, PERSON, QUICK, ImapServer, imap_script, signed_in
from tests.imap.conftest import Office

OPENED = """
    C: EXAMINE "INBOX"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] lasting
    S: $ OK [READ-ONLY] open
"""
IDLING = """
    C: IDLE
    S: + idling
"""
LISTENING = signed_in("IDLE") + OPENED + IDLING
PACE = Pace(anew=(300, 540), answer=60)


@contextmanager
def line_to(server: ImapServer, credentials: Credentials = PERSON) -> Iterator[Line]:
    link = dial(server.endpoint("imap+plain"), LOOPBACK, limits=LIMITS, timeouts=QUICK)
    with closing(Line(link, credentials, now=0, pace=PACE, draw=lambda low, high: low)) as line:
        yield line


@contextmanager
def line_of(*parts: str) -> Iterator[Line]:
    with imap_script(*parts) as server, line_to(server) as line:
        yield line


@contextmanager
def idling(*parts: str) -> Iterator[Line]:
    """A line that listens already when the server goes on with these parts."""
    with imap_script(LISTENING, "CUE", *parts) as server, line_to(server) as line:
        turn_until(line, lambda: line.idling)
        server.cue()
        yield line


def turn(line: Line, now: float = 0) -> bool:
    """Waits until the line can be read or written, as a selector would, and lets it."""
    readable, writable, _ = select.select([line], [line] if line.wants_write else [], [], 5)
    assert readable or writable, "nothing came"
    return line.ready(now)


def turn_until(line: Line, condition: Callable[[], object], now: float = 0) -> bool:
    """Whether something changed meanwhile."""
    changed = False
    while not condition() and not line.trouble:
        changed |= turn(line, now)
    return changed


def test_it_signs_in_opens_and_listens() -> None:
    """Whether something changed while nobody listened is not known, so it is said that it did."""
    with line_of(LISTENING, "HANG") as line:
        assert turn_until(line, lambda: line.idling)
        assert line.trouble is None


@pytest.mark.parametrize("news", ["* 4 EXISTS", "* 2 EXPUNGE", "* VANISHED 9", "* 2 FETCH (FLAGS (\\Seen))"])
def test_news_are_change(news: str) -> None:
    with idling(f"S: {news}\nHANG") as line:
        assert turn(line)


@pytest.mark.parametrize("noise", ["* OK still here", "* 3 EXISTS", "* 5 RECENT", "* FLAGS (\\Seen)"])
def test_noise_is_none(noise: str) -> None:
    with idling(f"S: {noise}\nHANG") as line:
        assert not turn(line)


NOTIFIED = signed_in("IDLE", "NOTIFY") + OPENED + "C: NOTIFY SET (selected *\nS: $ OK"


@pytest.mark.parametrize(
    "news", ['* STATUS "Lists" (MESSAGES 4 UIDNEXT 9 UNSEEN 1)', '* LIST (\\NonExistent) "/" "Old"', "* 4 EXISTS"]
)
def test_with_notify_it_hears_of_every_folder(news: str) -> None:
    with imap_script(NOTIFIED, IDLING, "CUE", f"S: {news}\nHANG") as server, line_to(server) as line:
        turn_until(line, lambda: line.idling)
        server.cue()
        assert turn(line)


def test_a_server_that_refuses_notify_tells_of_the_inbox() -> None:
    with line_of(NOTIFIED.replace("S: $ OK\n", "").removesuffix("S: $ OK") + "S: $ NO [BADEVENT] no", IDLING, "HANG") as line:
        assert turn_until(line, lambda: line.idling)


def test_a_server_that_could_not_tell_everything_is_dialled_anew() -> None:
    with imap_script(NOTIFIED, IDLING, "CUE", "S: * OK [NOTIFICATIONOVERFLOW] sorry\nHANG") as server, line_to(server) as line:
        turn_until(line, lambda: line.idling)
        server.cue()
        turn_until(line, lambda: False)
        assert isinstance(line.trouble, Overflow)


def test_counting_goes_on() -> None:
    """After one letter has gone, the old number is news again."""
    with idling("RAW * 1 EXPUNGE\\r\\n* 2 EXISTS\\r\\n\nMORE DONE\nS: * 3 EXISTS\nHANG") as line:
        assert turn(line)
        line.tick(300)
        assert turn(line, now=301)


def test_idle_is_begun_anew_in_time() -> None:
    with idling("MORE DONE\nS: $ OK done", IDLING, "HANG") as line:
        assert line.due == 300
        assert not line.tick(299)
        assert line.idling
        line.tick(300)
        assert not line.idling
        assert not turn_until(line, lambda: line.idling, now=301)
        assert line.due == 601


def test_a_server_may_end_idle_after_a_while() -> None:
    with idling("S: $ OK enough", IDLING, "HANG") as line:
        assert not turn_until(line, lambda: line.due > 300, now=100)
        assert line.due == 400


def test_news_between_two_idles_count() -> None:
    with idling("MORE DONE\nS: * 4 EXISTS\nS: $ OK done", IDLING, "HANG") as line:
        line.tick(300)
        assert turn_until(line, lambda: line.idling, now=301)


def test_a_line_that_died_in_silence_is_noticed() -> None:
    with idling("MORE DONE\nHANG") as line:
        line.tick(300)
        assert not line.tick(359)
        assert line.trouble is None
        line.tick(360)
        assert str(line.trouble) == "127.0.0.1 did not answer in time."


def test_a_server_that_is_slow_to_sign_us_in() -> None:
    with line_of("S: * OK hi\nC: CAPABILITY\nHANG") as line:
        line.ready(0)
        line.tick(60)
        assert isinstance(line.trouble, TryLater)


@pytest.mark.parametrize(
    ("parts", "kind", "what"),
    [
        ("S: * BYE maintenance", TryLater, "maintenance"),
        ("CLOSE", TryLater, "closed the connection"),
        ("RESET", TryLater, "broke|closed"),
        ("S: * 1 FETCH (BODY[] {4294967296}", Malformed, "literal"),
        ("S: A9 OK", Malformed, "not sent"),
        ("S: + once more", Malformed, "IDLE twice"),
        ("S: $ NO [UNAVAILABLE] away", TryLater, "away"),
        ("S: $ OK enough", TryLater, "ends IDLE"),
        (f"MANY 20000 * OK {'and so on ' * 90}", Malformed, "more news"),
    ],
)
def test_why_a_line_is_dead(parts: str, kind: type[Exception], what: str) -> None:
    with idling(parts) as line:
        turn_until(line, lambda: False)
        assert isinstance(line.trouble, kind)
        assert re.search(what, str(line.trouble))


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (signed_in(), NotOffered),
        (signed_in("IDLE") + "C: EXAMINE *\nS: $ NO no such folder", CommandRefused),
        ("S: * OK [CAPABILITY IMAP4rev1] hi\nC: LOGIN *\nS: $ NO wrong", SignInFailed),
        ("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi", Refused),
        (signed_in("IDLE") + OPENED + "C: IDLE\nS: $ BAD what", CommandRefused),
    ],
)
def test_why_a_line_does_not_open(script: str, kind: type[Exception]) -> None:
    with line_of(script) as line:
        turn_until(line, lambda: False)
        assert isinstance(line.trouble, kind)


def test_a_password_beyond_ascii_travels_as_a_literal() -> None:
    script = """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: LOGIN "alice" {6}
        S: + go
        OCTETS 6
        MORE
        S: $ OK [CAPABILITY IMAP4rev1 IDLE] welcome
    """
    with imap_script(script, OPENED, IDLING, "HANG") as server, line_to(server, Credentials("alice", "열쇠")) as line:
        turn_until(line, lambda: line.idling)
        assert line.trouble is None
    assert server.letters == ["열쇠".encode()]


# --- Real servers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(office: Office) -> Iterator[Line]:
    link = dial(office.endpoint, LOOPBACK, limits=LIMITS, timeouts=TIMEOUTS, trust=office.server.trust())
    credentials = office.server.credentials(office.address)
    with closing(Line(link, credentials, now=0, without=office.without - {"IDLE"})) as line:
        turn_until(line, lambda: line.idling)
        yield line


def test_a_letter_that_arrives_is_heard(office: Office, watched: Line) -> None:
    office.fill(1)
    assert turn(watched)


def test_idle_again_on_a_real_server(office: Office, watched: Line) -> None:
    later = watched.due
    watched.tick(later)
    turn_until(watched, lambda: watched.idling, now=later)
    office.fill(1)
    assert turn(watched, now=later)
    assert watched.trouble is None


def test_a_flood_within_reason_is_heard_in_turns() -> None:
    """Another client has marked everything as read: much to hear, but no fault, and the other lines get their turns."""
    with idling("MANY 30000 * %d FETCH (FLAGS (\\Seen))\nHANG") as line:
        heard = 0
        while heard < 3:
            heard += turn(line)
        assert line.trouble is None
