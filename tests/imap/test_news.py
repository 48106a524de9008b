"""What a server tells uninvited is kept, whichever command it comes with; a lost VANISHED is a ghost for ever."""

from collections.abc import Callable

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.events import Event, Exists, Expunged, Fetched, Vanished
from mailbox.imap.items import Items, Since
from mailbox.imap.news import News
from mailbox.imap.uids import UidSet
from tests.fakes.imap_script import SELECTED, client_of, signed_in

SAID = "S: * 4 EXISTS\nS: * 2 FETCH (UID 6 FLAGS (\\Seen))\nS: * VANISHED 9\nS: * 1 EXPUNGE"
NEWS = (Exists(4), Fetched(2, 6, 1), Vanished(UidSet.of([9]), earlier=False), Expunged(1))
ALL = signed_in("MOVE", "UIDPLUS", "LIST-STATUS", "OBJECTID")
FIVE = UidSet.of([5])


@pytest.mark.parametrize(
    ("heard", "deed"),
    [
        ("NOOP", lambda client: client.noop()),
        ("LIST *", lambda client: client.list_folders()),
        ("LIST *", lambda client: client.list_with_figures()),
        ("STATUS *", lambda client: client.status("Sent")),
        ("UID SEARCH *", lambda client: client.search_all()),
        ("UID FETCH *", lambda client: list(client.fetch(FIVE, Items(body=True)))),
        ("UID FETCH *", lambda client: list(client.fetch(FIVE, Items()))),
        ("UID STORE *", lambda client: client.store(FIVE, flags=("\\Seen",), on=True)),
        ("UID COPY *", lambda client: client.copy(FIVE, "Sent")),
        ("UID MOVE *", lambda client: client.move(FIVE, "Sent")),
        ("UID EXPUNGE *", lambda client: client.expunge(FIVE)),
        ("CREATE *", lambda client: client.create("x")),
        ("RENAME *", lambda client: client.rename("x", "y")),
        ("DELETE *", lambda client: client.delete("x")),
    ],
)
def test_t38_news_with_any_command(heard: str, deed: Callable[[ImapClient], object]) -> None:
    with client_of(ALL, SELECTED, f"C: {heard}\n{SAID}\nS: $ OK") as client:
        client.select("INBOX", readonly=False)
        deed(client)
        assert client.take_untagged() == NEWS


def test_news_while_a_letter_is_filed() -> None:
    script = f"C: APPEND *\n{SAID}\nS: + go\nOCTETS 12\nMORE\n{SAID}\nS: $ OK"
    with client_of(ALL, SELECTED, script) as client:
        client.select("INBOX", readonly=False)
        client.append("Sent", b"Subject: x\r\n")
        assert client.take_untagged() == NEWS * 2


def test_what_vanished_before_comes_with_the_changes() -> None:
    script = "C: UID FETCH 1:* (CHANGEDSINCE 3)\nS: * VANISHED (EARLIER) 2,7\nS: * 1 FETCH (UID 5 FLAGS ())\nS: $ OK"
    with client_of(signed_in("CONDSTORE"), script) as client:
        assert [letter.uid for letter in client.fetch_changed(3)] == [5]
        assert client.take_untagged() == (Vanished(UidSet.of([2, 7]), earlier=True),)


RESYNCED = """
    C: EXAMINE "INBOX" (QRESYNC (7 3 1:5))
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY {}] lasting
    S: * OK [HIGHESTMODSEQ 9] so far
    S: * VANISHED (EARLIER) 2
    S: * 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (8))
    S: $ OK [READ-ONLY] open
"""
SINCE = Since(7, 3, UidSet([(1, 5)]))


def test_what_changed_comes_with_the_opening() -> None:
    with client_of(signed_in("CONDSTORE", "QRESYNC"), RESYNCED.format(7)) as client:
        assert client.select("INBOX", since=SINCE).resynced
        assert client.take_untagged() == (Vanished(UidSet.of([2]), earlier=True), Fetched(1, 1, 1, modseq=8))


def test_an_opening_under_another_uidvalidity_tells_nothing() -> None:
    with client_of(signed_in("CONDSTORE", "QRESYNC"), RESYNCED.format(8)) as client:
        assert not client.select("INBOX", since=SINCE).resynced
        assert client.take_untagged() == ()


def test_an_early_end_of_a_fetch_loses_no_news() -> None:
    letter = "RAW * 1 FETCH (UID 5 BODY[] {1}\\r\\nx)\\r\\n"
    with client_of(ALL, f"C: UID FETCH *\n{letter}\n{SAID}\nS: $ OK\nC: NOOP\nS: $ OK") as client:
        next(client.fetch(FIVE, Items(body=True)))
        client.noop()
        assert client.take_untagged() == NEWS


def test_news_of_the_folder_before_end_with_it() -> None:
    opening = SELECTED.replace("S: * 3", "S: * VANISHED 8\nS: * OK [CLOSED] before\nS: * 3")
    with client_of(ALL, SELECTED, f"C: NOOP\n{SAID}\nS: $ OK", opening) as client:
        client.select("INBOX", readonly=False)
        client.noop()
        client.select("INBOX", readonly=False)
        assert client.take_untagged() == ()


@pytest.mark.parametrize(
    ("events", "exists"),
    [
        ([Exists(5), Expunged(1), Expunged(1)], 3),
        ([Exists(5), Vanished(UidSet.of([3, 4]), earlier=False)], 3),
        ([Exists(5), Vanished(UidSet.of([3, 4]), earlier=True)], 5),
        ([Expunged(1)], 0),
    ],
)
def test_the_number_of_letters_is_followed(events: list[Event], exists: int) -> None:
    news = News(most=100)
    for event in events:
        news.keep(event)
    assert news.exists == exists


def test_long_keywords_weigh() -> None:
    news = News(most=100)
    with pytest.raises(Exception, match="more news"):
        news.keep(Fetched(1, 2, 0, ("x" * 100_000,)))
