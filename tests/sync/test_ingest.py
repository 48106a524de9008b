"""The one gate: whatever the bytes are, they lie in the folder afterwards and PostgreSQL has not complained."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbox import ingest
from mailbox.ingest import Arrival
from mailbox.models import Change, Flag, Folder, Mailbox, Message, Outgoing, Placement, ThreadFolder
from mailbox.reading import meaning
from tests.sync.letters import NOON, land, raw


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")


def arrival(letter: bytes, uid: int, **more: object) -> Arrival:
    return replace(Arrival(letter, uid, 1, 0, NOON, len(letter)), **more)


def test_a_letter_becomes_a_row(inbox: Folder) -> None:
    message = land(inbox, raw("a"), uid=1).message
    assert (message.subject, message.from_address, message.to_preview) == ("Ketchup", "bob@hamburger.edu", "Alice Martin")
    assert (message.message_id, message.snippet, message.damaged) == ("a@hamburger.edu", "Do you like it?", False)


def test_its_bytes_come_back_as_they_were(inbox: Folder) -> None:
    message = land(inbox, raw("a"), uid=1).message
    assert b"".join(ingest.source_of(message)) == raw("a")
    assert ingest.letter_of(message).subject == "Ketchup"


def test_the_list_row_shows_it(inbox: Folder) -> None:
    land(inbox, raw("a"), uid=1)
    land(inbox, raw("b", references=["a"], text="Yes.", sender="carol"), uid=2, flags=Flag.FLAGGED, at=NOON + timedelta(hours=1))
    row = ThreadFolder.objects.get(folder=inbox)
    assert (row.count, row.unread, row.flagged, row.subject, row.snippet) == (2, 2, 1, "Ketchup", "Yes.")
    assert row.people == [["Bob", "bob@hamburger.edu"], ["Carol", "carol@hamburger.edu"]]


def test_a_sent_row_shows_the_addressees(alices: Mailbox) -> None:
    sent = alices.folders.get(role="sent")
    land(sent, raw("a"), flags=Flag.SEEN)
    assert ThreadFolder.objects.get(folder=sent).people == [["Alice Martin", "alice@crepes.fr"]]


def test_the_folder_counts(inbox: Folder) -> None:
    land(inbox, raw("a"), uid=1)
    land(inbox, raw("b"), uid=2, flags=Flag.SEEN)
    inbox.refresh_from_db()
    assert (inbox.live, inbox.unread, inbox.mirrored) == (2, 1, 2)


def test_a_letter_marked_deleted_lies_unseen(inbox: Folder) -> None:
    land(inbox, raw("a"), uid=1, flags=Flag.DELETED)
    inbox.refresh_from_db()
    assert (inbox.live, inbox.mirrored) == (0, 1)


def test_placing_twice_is_placing_once(inbox: Folder) -> None:
    assert land(inbox, raw("a"), uid=1) == land(inbox, raw("a"), uid=1)
    inbox.refresh_from_db()
    assert (inbox.live, inbox.mirrored) == (1, 1)


def test_a_window_that_is_repeated_with_other_facts_lists_nothing_twice(inbox: Folder) -> None:
    """The server tells another size of the letter that lies there already, and no name makes it the same conversation."""
    nameless = raw("a").replace(b"Message-ID", b"X-Name")
    land(inbox, nameless, uid=1)
    ingest.place_many(inbox, [ingest.prepare(arrival(nameless, 1, size=7))])
    inbox.refresh_from_db()
    assert (ThreadFolder.objects.count(), inbox.live, inbox.mirrored) == (1, 1, 1)


def test_one_letter_in_two_folders_is_one_message(alices: Mailbox, inbox: Folder) -> None:
    land(inbox, raw("a"), uid=1)
    land(alices.folders.get(role="archive"), raw("a"), uid=1)
    assert (Message.objects.count(), Placement.objects.count()) == (1, 2)


def test_equal_facts_and_other_bytes_are_two_letters(inbox: Folder) -> None:
    land(inbox, raw("a", text="Pickles?"), uid=1)
    land(inbox, raw("a", text="Mustard?"), uid=2)
    assert sorted(Message.objects.values_list("snippet", flat=True)) == ["Mustard?", "Pickles?"]


def test_so_are_they_within_one_window(inbox: Folder) -> None:
    letters = [arrival(raw("a", text=text), uid) for uid, text in enumerate(["Pickles?", "Mustard?", "Pickles?"], 1)]
    ingest.place_many(inbox, [ingest.prepare(one) for one in letters])
    assert (Message.objects.count(), Placement.objects.count()) == (2, 3)


def test_a_copy_that_waited_gets_its_uid(inbox: Folder) -> None:
    waiting = land(inbox, raw("a"))
    assert land(inbox, raw("a"), uid=7) == waiting
    waiting.refresh_from_db()
    inbox.refresh_from_db()
    assert (waiting.uid, inbox.live, inbox.mirrored) == (7, 1, 1)


def test_a_provider_that_files_its_own_copy_takes_the_place_of_ours(alices: Mailbox) -> None:
    sent = alices.folders.get(role="sent")
    ours = land(sent, raw("a"))
    Change.objects.create(mailbox=alices, message=ours.message, kind="append", args={"folder": sent.pk})
    outgoing = Outgoing.objects.create(
        mailbox=alices, filed=ours.message, key="k", message_id="a@hamburger.edu", data=b"", not_before=NOON, expires_at=NOON
    )
    land(sent, b"Received: by them\r\n" + raw("a"), uid=3)
    outgoing.refresh_from_db()
    sent.refresh_from_db()
    assert (sent.live, outgoing.filed.placements.get().uid) == (1, 3)


def test_a_letter_that_waits_is_not_taken_for_another_without_a_name(inbox: Folder) -> None:
    nameless = raw("a").replace(b"Message-ID", b"X-Name")
    waiting = land(inbox, nameless)
    other = land(inbox, nameless + b"more", uid=7)
    assert other.pk != waiting.pk
    inbox.refresh_from_db()
    assert (inbox.live, inbox.mirrored) == (2, 1)


def test_nor_for_a_namesake_that_the_server_has(alices: Mailbox, inbox: Folder) -> None:
    """A letter on its way from another folder, not a copy that was filed here."""
    waiting = land(inbox, raw("a"))
    assert land(inbox, raw("a", text="Other bytes"), uid=7).pk != waiting.pk


def test_a_window_with_one_poison_letter_lies_there_whole(inbox: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_clean", lambda text, limit: text.replace("poison", "\0"))
    letters = [arrival(raw("a"), 1), arrival(raw("b", subject="poison"), 2), arrival(raw("c"), 3)]
    ingest.place_many(inbox, [ingest.prepare(one) for one in letters])
    assert list(Message.objects.order_by("pk").values_list("subject", "damaged")) == [
        ("Ketchup", False), ("", True), ("Ketchup", False),
    ]  # fmt: skip


@pytest.mark.parametrize("year", ["0001", "9999", "1969"])
def test_a_date_that_no_calendar_holds_is_none(inbox: Folder, year: str) -> None:
    letter = raw("a").replace(b"May 2024", b"May " + year.encode())
    assert land(inbox, letter, uid=1).message.sent_at is None


def test_an_endless_message_id_fits_its_index(inbox: Folder) -> None:
    letter = raw("".join(chr(33 + 17 * number % 90) for number in range(20_000)))
    assert land(inbox, letter, uid=1).uid == 1


def test_keywords_may_be_anything(inbox: Folder) -> None:
    [placement] = ingest.place_many(inbox, [ingest.prepare(arrival(raw("a"), 1, keywords=("$Forwarded", "nul\0")))]).placements
    assert placement.keywords == ["$Forwarded", "nul\ufffd"]


def test_the_server_may_say_any_time(inbox: Folder) -> None:
    assert land(inbox, raw("a"), uid=1, at=datetime(1, 1, 1, tzinfo=UTC)).sort_at.year > 2000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([b"", b"Subject: ", b"From: ", b"Message-ID: <", b"To: \xff\x00", raw("a")]))
def test_any_bytes_lie_in_the_folder(inbox: Folder, octets: bytes, before: bytes) -> None:
    with transaction.atomic():
        assert b"".join(ingest.source_of(land(inbox, before + octets, uid=1).message)) == before + octets
        transaction.set_rollback(True)
