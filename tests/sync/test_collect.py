"""A maildrop on a real Dovecot is collected: each letter once, and gone there only when the person wants that."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox import ingest
from mailbox.models import Change, Collected, Folder, Identity, Limit, Mailbox, Message, Placement
from mailbox.outbox import filed
from mailbox.outbox.posting import post_raw
from mailbox.pop3.client import Entry, Pop3Client
from mailbox.sync import changes, mirror
from mailbox.views import condition
from mailbox.wire import TryLater
from tests.fakes.smtp_script import scripted
from tests.real import Dovecot
from tests.sync.conftest import bring_up, here, place
from tests.sync.letters import raw


@pytest.fixture
def drop(guest: Mailbox, dovecot: Dovecot) -> Mailbox:
    """A maildrop with three letters, nothing of which was collected yet."""
    guest.incoming = str(dovecot.endpoint("pop3+plain", guest.address))
    guest.save()
    for name in "abc":
        dovecot.save(guest.address, "INBOX", raw(name, subject=name.upper()))
    return guest


def collected(drop: Mailbox) -> list[str]:
    return sorted(here(bring_up(drop), "INBOX"))


def test_letters_come_in_once_and_stay_there(drop: Mailbox, dovecot: Dovecot) -> None:
    assert collected(drop) == collected(drop) == ["A", "B", "C"]
    assert dovecot.count(drop.address) == 3
    assert b"".join(ingest.source_of(place(drop, "A").message)) == raw("a", subject="A")


def test_folders_that_live_only_here(drop: Mailbox) -> None:
    bring_up(drop)
    assert set(drop.folders.values_list("role", flat=True)) == {"inbox", "sent", "drafts", "archive", "junk", "trash"}


def test_filing_tells_no_server(drop: Mailbox, owner: User) -> None:
    bring_up(drop)
    undo = changes.archive(owner, Placement.objects.filter(message__subject="A"))
    assert (here(drop, "Archive"), Change.objects.open().count()) == (["A"], 0)
    assert changes.undo(owner, undo.token) == 1
    assert collected(drop) == ["A", "B", "C"]


def test_what_was_deleted_here_does_not_come_back(drop: Mailbox, owner: User) -> None:
    bring_up(drop)
    changes.delete_for_ever(owner, Placement.objects.filter(message__subject="A"))
    Placement.objects.filter(gone_at__isnull=False).update(gone_at=timezone.now() - timedelta(hours=1))
    assert collected(drop) == ["B", "C"]
    assert not Message.objects.filter(subject="A").exists()
    assert collected(drop) == ["B", "C"]


def test_deleted_there_once_it_is_here(drop: Mailbox, dovecot: Dovecot) -> None:
    drop.keep_days = 0
    drop.save()
    assert collected(drop) == ["A", "B", "C"]
    assert dovecot.count(drop.address) == 0
    assert collected(drop) == ["A", "B", "C"]


def test_deleted_there_after_some_days(drop: Mailbox, dovecot: Dovecot) -> None:
    drop.keep_days = 7
    drop.save()
    bring_up(drop)
    assert dovecot.count(drop.address) == 3
    Collected.objects.filter(message__subject="A").update(collected_at=timezone.now() - timedelta(days=8))
    bring_up(drop)
    assert (dovecot.count(drop.address), len(here(drop, "INBOX"))) == (2, 3)


def test_e30_a_line_that_drops_before_quit(drop: Mailbox, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    drop.keep_days = 0
    drop.save()
    with monkeypatch.context() as fault:
        fault.setattr(Pop3Client, "quit", _break)
        mirror.bring_up(drop.pk)
    assert dovecot.count(drop.address) == 3
    assert collected(drop) == ["A", "B", "C"]
    assert dovecot.count(drop.address) == 0


def test_e30_letters_that_the_server_names_anew(drop: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_up(drop)
    entries = Pop3Client.entries
    monkeypatch.setattr(Pop3Client, "entries", lambda client: [_renamed(entry) for entry in entries(client)])
    assert collected(drop) == ["A", "B", "C"]
    assert Message.objects.count() == 3


def test_e30_a_locked_maildrop_waits(drop: Mailbox, dovecot: Dovecot) -> None:
    with scripted("S: +OK\nC: CAPA\nS: -ERR\nC: USER *\nS: +OK\nC: PASS *\nS: -ERR [IN-USE] locked") as busy:
        Mailbox.objects.update(incoming=str(busy.endpoint("pop3+plain")))
        mirror.bring_up(drop.pk)
    drop.refresh_from_db()
    assert "Another program" in drop.trouble
    Mailbox.objects.update(incoming=str(dovecot.endpoint("pop3+plain", drop.address)))
    assert collected(drop) == ["A", "B", "C"]


def test_c91_a_server_without_names(drop: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Pop3Client.entries
    monkeypatch.setattr(Pop3Client, "entries", lambda client: [Entry(e.number, e.size) for e in entries(client)])
    assert collected(drop) == collected(drop) == ["A", "B", "C"]


def test_c91_two_letters_of_one_name(drop: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Pop3Client.entries
    monkeypatch.setattr(Pop3Client, "entries", lambda client: [Entry(e.number, e.size, "same") for e in entries(client)])
    assert collected(drop) == collected(drop) == ["A", "B", "C"]


def test_a_letter_beyond_the_limit_comes_in_slices(drop: Mailbox, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.sync.receiving.SLICE", 1000)
    monkeypatch.setattr("django.conf.settings.LETTER_MAX", 5000)
    large = raw("d", subject="Large", text="x" * 200_000)
    dovecot.save(drop.address, "INBOX", large)
    bring_up(drop)
    message = place(drop, "Large").message
    assert (message.reader_version, b"".join(ingest.source_of(message))) == (0, large)


def test_a_letter_that_breaks_the_line_stops_no_other(drop: Mailbox, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = Pop3Client.letter

    def breaks(client: Pop3Client, number: int) -> Iterator[bytes]:
        if number == 2:
            client.close()
            raise TryLater("The connection broke.")
        return letter(client, number)

    drop.keep_days = 0
    drop.save()
    monkeypatch.setattr(Pop3Client, "letter", breaks)
    assert collected(drop) == ["A", "B", "C"]
    assert place(drop, "B").message.damaged
    assert dovecot.count(drop.address) == 1  # what is not here whole stays there


def test_a_wrong_password_asks_the_person(drop: Mailbox) -> None:
    drop.set_password("wrong")
    drop.save()
    mirror.bring_up(drop.pk)
    drop.refresh_from_db()
    assert drop.state == Mailbox.State.SIGN_IN


def test_it_is_looked_at_again_in_a_while(drop: Mailbox) -> None:
    bring_up(drop)
    assert drop.next_poll_at
    assert drop.next_poll_at > timezone.now() + timedelta(minutes=4)
    assert Folder.objects.get(mailbox=drop, role="inbox").server_messages == 3


def _break(client: Pop3Client) -> None:
    client.close()
    raise TryLater("The connection broke.")


def _renamed(entry: Entry) -> Entry:
    return Entry(entry.number, entry.size, f"new-{entry.uidl}")


def test_the_copy_of_a_sent_letter_lies_here_only(drop: Mailbox) -> None:
    bring_up(drop)
    Identity.objects.create(mailbox=drop, address="bob@hamburger.edu")
    post_raw(drop, raw("s", subject="Sent from here"), ["bob@hamburger.edu"], "key")
    filed.file_due(drop.pk)
    assert (here(drop, "Sent"), Change.objects.count()) == (["Sent from here"], 0)


def test_folders_are_made_renamed_and_deleted_here_only(drop: Mailbox, owner: User) -> None:
    bring_up(drop)
    made = changes.create_folder(owner, drop, "Recipes")
    changes.rename_folder(owner, made, "Old recipes")
    changes.move(owner, Placement.objects.filter(message__subject="A"), made)
    assert here(drop, "Old recipes") == ["A"]
    changes.to_inbox(owner, Placement.objects.filter(folder=made))
    changes.delete_folder(owner, made)
    assert not Change.objects.open().exists()
    assert not Folder.objects.filter(pk=made.pk).exists()


def test_a_house_that_is_full_collects_nothing_more_and_says_so(drop: Mailbox, owner: User, dovecot: Dovecot) -> None:
    drop.keep_days = 0
    drop.save()
    limit = Limit.objects.create(user=owner, stored=0)
    mirror.bring_up(drop.pk)
    drop.refresh_from_db()
    assert (drop.state, here(drop, "INBOX"), dovecot.count(drop.address)) == ("full", [], 3)
    assert "Nothing is collected until there is room" in condition.rows(owner, drop)[0].words
    limit.delete()
    assert collected(drop) == ["A", "B", "C"]
