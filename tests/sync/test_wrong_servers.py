"""Servers that say too little, too much or the wrong thing: mail still comes, and nothing is taken away for a mistake."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from mailbox import ingest
from mailbox.imap.client import ImapClient
from mailbox.imap.codes import Selected
from mailbox.imap.events import Event, Fetched, Vanished
from mailbox.imap.link import Link
from mailbox.imap.uids import UidSet
from mailbox.models import Folder, Mailbox, Message
from mailbox.sync import bodies, mirror
from mailbox.sync.comparing import compare
from mailbox.sync.session import Session
from mailbox.sync.work import work
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import land, raw

Say = Callable[[Selected], Selected]


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> Callable[[Say], None]:
    """What the server says of a folder when it is opened, changed by a function."""
    select = Session.select

    def change(say: Say) -> None:
        monkeypatch.setattr(Session, "select", lambda session, one, **more: say(select(session, one, **more)))

    return change


@pytest.mark.parametrize("uidnext", [None, 1])
def test_e16_t11_a_uidnext_that_is_missing_or_falls(
    guest: Mailbox, phone: Phone, opening: Callable[[Say], None], uidnext: int | None
) -> None:
    phone.add("INBOX", raw("a", subject="Before"))
    bring_up(guest)
    opening(lambda told: replace(told, uidnext=uidnext))
    phone.add("INBOX", raw("b", subject="After"))
    bring_up(guest)
    assert here(guest, "INBOX") == ["Before", "After"]


def test_t02_the_cursor_is_the_mod_sequence_of_the_opening(guest: Mailbox, phone: Phone, opening: Callable[[Say], None]) -> None:
    """Never that of a letter, which may be told before another change with a lower one."""
    phone.add("INBOX", raw("a"))
    opening(lambda told: replace(told, highestmodseq=1))
    bring_up(guest)
    inbox = folder(guest, "INBOX")
    assert max(inbox.placements.values_list("modseq", flat=True)) > inbox.highestmodseq == 1


def test_t10_folders_may_have_the_same_uidvalidity(guest: Mailbox, phone: Phone, opening: Callable[[Say], None]) -> None:
    uids = [phone.add(name, raw(name, subject=name)) for name in ("INBOX", "Archive")]
    opening(lambda told: replace(told, uidvalidity=7))
    bring_up(guest)
    assert uids == [1, 1]
    assert (here(guest, "INBOX"), here(guest, "Archive")) == (["INBOX"], ["Archive"])


@pytest.fixture
def restless(guest: Mailbox, phone: Phone, opening: Callable[[Say], None], monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """A server that gives another UIDVALIDITY whenever a folder is opened, and has been passed over ten times."""
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    monkeypatch.setattr(bodies, "_fetch", lambda *args: pytest.fail("fetched again"))
    numbers = iter(range(1000, 2000))
    opening(lambda told: replace(told, uidvalidity=next(numbers)))
    for _ in range(10):
        Folder.objects.update(highestmodseq=0)
        mirror.bring_up(guest.pk)
    return guest


def test_e15_t09_a_server_that_never_stops_renumbering_is_left_alone(restless: Mailbox) -> None:
    inbox = folder(restless, "INBOX")
    assert (inbox.renumbered, inbox.is_parked, here(restless, "INBOX")) == (5, True, ["Ketchup"])
    assert "again and again" in inbox.trouble
    assert not mirror.bring_up(restless.pk)


def test_e15_once_it_keeps_its_numbers_all_is_well_again(restless: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for _ in range(2):
        Folder.objects.update(checked_at=timezone.now() - timedelta(hours=2))
        bring_up(restless)
    inbox = folder(restless, "INBOX")
    assert (inbox.renumbered, inbox.trouble, inbox.mirrored, here(restless, "INBOX")) == (0, "", 1, ["Ketchup"])


def test_e17_t03_a_vanished_that_was_lost_on_the_way(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    uids = [phone.add("INBOX", raw(name, subject=name)) for name in ("a", "b")]
    bring_up(guest)
    take = ImapClient.take_untagged

    def deaf(client: ImapClient) -> tuple[Event, ...]:
        return tuple(event for event in take(client) if not isinstance(event, Vanished))

    monkeypatch.setattr(ImapClient, "take_untagged", deaf)
    phone.expunge("INBOX", uids[0])
    bring_up(guest)
    assert here(guest, "INBOX") == ["b"]


def test_e18_t30_a_letter_that_comes_without_flags_is_asked_for_again(
    guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.add("INBOX", raw("a"), "\\Seen")
    fetch, bare = ImapClient.fetch, [1]

    def forgetful(client: ImapClient, *args: object) -> Iterator[Fetched]:
        for one in fetch(client, *args):  # type: ignore[arg-type]
            yield replace(one, flags=None) if one.header is not None and bare and bare.pop() else one

    monkeypatch.setattr(ImapClient, "fetch", forgetful)
    mirror.bring_up(guest.pk)
    bring_up(guest)
    assert (here(guest, "INBOX"), folder(guest, "INBOX").unread) == (["Ketchup"], 0)


def test_e13_a_line_that_drops_within_a_letter(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [raw(name, text=name * 400_000) for name in ("a", "b")]
    for letter in letters:
        phone.add("INBOX", letter)
    receive, cuts = Link._receive, [None]

    def cut(link: Link) -> bytes:
        data = receive(link)
        if cuts and b"a" * 1000 in data:
            cuts.pop()
            link.sock.shutdown(2)
        return data

    monkeypatch.setattr(Link, "_receive", cut)
    bring_up(guest)
    sources = [b"".join(ingest.source_of(one)) for one in Message.objects.filter(mailbox=guest).order_by("message_id")]
    assert (sources, cuts) == (letters, [])


def test_t16_a_letter_that_is_filed_while_the_server_lists_is_not_taken_for_gone(
    guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    search = ImapClient.search_all

    def slow(client: ImapClient) -> UidSet:
        listed = search(client)
        land(folder(guest, "INBOX"), raw("b", subject="Pickles"), uid=9)
        return listed

    monkeypatch.setattr(ImapClient, "search_all", slow)
    work(guest.pk, lambda session: bool(session.select(folder(guest, "INBOX")) and compare(session, folder(guest, "INBOX"))))
    assert here(guest, "INBOX") == ["Ketchup", "Pickles"]
