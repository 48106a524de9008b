"""Finding letters: what is asked is what is found, newest first, and nobody else's."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import User
from mailbox.models import Flag, Folder, Mailbox, Placement, SearchEntry
from mailbox.search import find
from mailbox.search.conditions import Eye
from mailbox.search.find import Search, TooLong, patiently
from mailbox.search.query import parse
from tests.search.letters import NOON, folder, lay

pytestmark = pytest.mark.django_db


def search(user: User, typed: str) -> Search:
    return Search(parse(typed).tree, Eye(user, NOON, ZoneInfo("Europe/Paris")))


def found(user: User, typed: str) -> list[str]:
    """The subjects of the letters that are found."""
    hits = search(user, typed).page()
    subjects = dict(SearchEntry.objects.values_list("message", "message__subject"))
    return [subjects[hit.message] for hit in hits]


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return folder(alices)


WORDS = {
    "pickles": True,
    "PICKL": True,
    "ickles": False,
    "cafe": True,
    "café": True,
    "회의록": True,
    "회의": True,
    "록": True,
    "의록 을 첨부": True,
    "회의을": False,
    "bob": True,
    "bob@hamburger.edu": True,
    "hamburger": True,
    "from:bob": True,
    "to:bob": False,
    "to:alice@crepes.fr": True,
    "subject:menu": True,
    "subject:pickles": False,
    "from:bob subject:lunch": True,
    "filename:carte": True,
    "galette": True,
    "has:attachment": True,
    "has:pdf": False,
    '"thin and sour"': True,
    '"sour and thin"': False,
    '"hin and sour"': False,
    'subject:"lunch menu"': True,
    'from:"lunch menu"': False,
    "pickles -ketchup": True,
    "pickles -sour": False,
    "ketchup OR sour": True,
    "ketchup OR mustard": False,
    "-(ketchup mustard)": True,
    "20391": True,
    "2039": True,
    "!!! pickles": True,
    "!!!": False,
}


def test_words(alice: User, inbox: Folder) -> None:
    text = "Pickles, thin\nand sour, at the Café. Invoice 20391. 회의록을 첨부합니다."
    lay(inbox, text, subject="Lunch menu", files=(("carte.csv", "csv", "galette;8"),))
    assert {typed: bool(found(alice, typed)) for typed in WORDS} == WORDS


def test_pairs_that_stand_apart_are_no_word(alice: User, inbox: Folder) -> None:
    lay(inbox, "회의가 있고 의록이 있다", subject="apart")
    lay(inbox, "회의록이 있다", subject="together")
    assert found(alice, "회의록") == ["together"]
    assert found(alice, "-회의록") == ["apart"]
    assert search(alice, "회의록").count() == 1


FLAGS: dict[str, set[str]] = {
    "is:unread": {"new", "label"},
    "is:read": {"read", "star"},
    "is:starred": {"star"},
    "is:answered": set(),
    "-is:starred": {"new", "read", "label"},
    "is:starred OR subject:new": {"star", "new"},
    "label:suppliers": {"label"},
    "label:supp": set(),
}


def test_flags(alice: User, inbox: Folder) -> None:
    lay(inbox, subject="new")
    lay(inbox, subject="read", flags=Flag.SEEN)
    lay(inbox, subject="star", flags=Flag.SEEN | Flag.FLAGGED)
    lay(inbox, subject="label", keywords=("Suppliers", "$MDNSent"))
    assert {typed: set(found(alice, typed)) for typed in FLAGS} == FLAGS


DATES_AND_SIZES = {
    "before:2026-03-17": False,
    "before:2026-03-18": True,
    "after:2026-03-17": True,
    "after:2026-03-18": False,
    "on:2026-03-17": True,
    "on:2026-03": True,
    "on:2025": False,
    "newer_than:1d": True,
    "older_than:1d": False,
    "older_than:99999y": False,
    "larger:1M": False,
    "smaller:1M": True,
}


def test_dates_and_sizes(alice: User, inbox: Folder) -> None:
    lay(inbox)
    assert {typed: bool(found(alice, typed)) for typed in DATES_AND_SIZES} == DATES_AND_SIZES


def test_a_day_is_a_day_of_the_persons_zone(alice: User, inbox: Folder) -> None:
    lay(inbox, days=0.525)  # 23:24 of the 16th in UTC, 00:24 of the 17th in Paris
    assert found(alice, "on:2026-03-17") == ["Letter 1"]


def test_places(alice: User, alices: Mailbox) -> None:
    lay(folder(alices), subject="here")
    lay(folder(alices, "archive"), subject="there")
    for typed in ("in:archive", "in:보관함", "IN:Archive", "위치:archive"):
        assert found(alice, typed) == ["there"], typed


def test_trash_and_spam_are_looked_into_when_asked(alice: User, alices: Mailbox) -> None:
    lay(folder(alices, "trash"), subject="gone")
    lay(folder(alices, "junk"), subject="bad")
    assert found(alice, "subject:gone OR bad") == []
    assert found(alice, "gone in:trash") == ["gone"]
    assert set(found(alice, "in:anywhere")) == {"gone", "bad"}


def test_c122_what_was_deleted_is_not_found(alice: User, inbox: Folder) -> None:
    lay(inbox, flags=Flag.DELETED)
    lay(inbox)
    Placement.objects.filter(message__subject="Letter 2").update(gone_at=NOON)
    assert found(alice, "letter") == []


def test_c127_what_belongs_to_others_is_not_found(bob: User, charlie: User, inbox: Folder) -> None:
    lay(inbox)
    assert found(bob, "letter") == found(charlie, "letter") == []


def test_newest_first_page_by_page_every_conversation_once(alice: User, inbox: Folder) -> None:
    for number, days in enumerate([900, 0, 3, 50, 400, 41, 5000, 20]):
        lay(inbox, days=days, subject=f"Pickles {number}")
    lay(inbox, days=800, subject="Re: Pickles 1", references=f"<2.{inbox.pk}@crepes.fr>")
    asked, titles, before = search(alice, "pickles"), [], None
    while page := asked.page(before, size=3):
        titles += [SearchEntry.objects.get(pk=hit.message).message.subject[-1] for hit in page]
        before = page[-1].cursor
    assert titles == list("12753406")
    assert asked.count() == 8


def test_more_than_a_batch_in_one_moment(alice: User, inbox: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "BATCH", 3)
    for _ in range(8):
        lay(inbox, "pickles")
    assert len(found(alice, "pickles")) == 8


def test_a_conversation_alone(alice: User, inbox: Folder) -> None:
    here = lay(inbox, subject="here").message
    lay(inbox, subject="there")
    assert found(alice, f"letter OR here conversation:{here.thread_id}") == ["here"]


NAUGHTY = ("' & | ! ( ) :* <-> \\", "a'b:*", "\\", "'; DROP TABLE x; --", "%s %(a)s {0}", "\0", "\u202e\u200b", "ß" * 99)


def test_c22_no_query_is_more_than_words(alice: User, inbox: Folder) -> None:
    lay(inbox)
    assert [found(alice, typed) for typed in NAUGHTY] == [[]] * len(NAUGHTY)


def test_one_who_asks_too_much_hears_of_it() -> None:
    with pytest.raises(TooLong), patiently(0.01), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
