"""What a click does: here at once, remembered for the server, and only by who may."""

from datetime import timedelta

import pytest
from django.test import TestCase

from accounts.models import User
from mailbox.models import Access, Change, Flag, Folder, Mailbox, Placement
from mailbox.sync import changes
from mailbox.sync.changes import CannotChange, Forbidden
from tests.sync.letters import NOON, land, raw


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")


@pytest.fixture
def letter(inbox: Folder) -> Placement:
    return land(inbox, raw("a"), uid=1)


def all_of(folder: Folder) -> "changes.Places":
    return Placement.objects.filter(folder=folder)


def counts(folder: Folder) -> tuple[int, int]:
    folder.refresh_from_db()
    return folder.live, folder.unread


def test_a_flag_is_here_at_once(alice: User, inbox: Folder, letter: Placement) -> None:
    assert changes.set_flag(alice, all_of(inbox), Flag.SEEN, True).count == 1
    letter.refresh_from_db()
    assert (letter.flags, letter.server_flags, counts(inbox)) == (Flag.SEEN, 0, (1, 0))


def test_and_remembered(alice: User, inbox: Folder, letter: Placement) -> None:
    changes.set_flag(alice, all_of(inbox), Flag.SEEN, True)
    change = Change.objects.get()
    assert (change.kind, change.message) == ("flag", letter.message)
    assert change.args.items() >= {"placement": letter.pk, "flag": 1, "on": True}.items()


def test_what_is_so_already_is_left_alone(alice: User, inbox: Folder, letter: Placement) -> None:
    assert changes.set_flag(alice, all_of(inbox), Flag.SEEN, False).count == 0
    assert not Change.objects.exists()


def test_the_bell_rings_after_the_commit(alice: User, inbox: Folder, letter: Placement, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr("mailbox.bell._ring_now", lambda *args: rung.append(args))
    with TestCase.captureOnCommitCallbacks(execute=True):
        changes.set_flag(alice, all_of(inbox), Flag.SEEN, True)
        assert not rung
    assert rung == [("mirror.push", (inbox.mailbox_id,))]


@pytest.mark.parametrize("role", ["read", "send"])
def test_a_reader_changes_nothing(charlie: User, inbox: Folder, letter: Placement, role: str) -> None:
    Access.objects.create(mailbox=inbox.mailbox, user=charlie, role=role)
    for deed in (changes.trash, changes.archive, changes.delete_for_ever):
        with pytest.raises(Forbidden):
            deed(charlie, all_of(inbox))
    with pytest.raises(Forbidden):
        changes.create_folder(charlie, inbox.mailbox, "Work")


def test_nor_does_a_stranger(charlie: User, inbox: Folder, letter: Placement) -> None:
    with pytest.raises(Forbidden):
        changes.set_flag(charlie, all_of(inbox), Flag.SEEN, True)


def test_delete_means_move_to_trash(alice: User, inbox: Folder, letter: Placement) -> None:
    changes.trash(alice, all_of(inbox))
    trash = inbox.mailbox.folders.get(role="trash")
    assert (counts(inbox), counts(trash)) == ((0, 0), (1, 1))
    moved = Placement.objects.get(folder=trash)
    assert (moved.message, moved.uid, moved.gone_at) == (letter.message, None, None)


def test_a_mailbox_without_trash_gets_one(alice: User, inbox: Folder, letter: Placement) -> None:
    inbox.mailbox.folders.get(role="trash").delete()
    changes.trash(alice, all_of(inbox))
    assert list(Change.objects.order_by("pk").values_list("kind", flat=True)) == ["create", "move"]
    assert inbox.mailbox.folders.get(role="trash").live == 1


def test_a_move_within_the_folder_is_none(alice: User, inbox: Folder, letter: Placement) -> None:
    assert changes.move(alice, all_of(inbox), inbox).count == 0


def test_letters_stay_in_their_mailbox(alice: User, inbox: Folder, letter: Placement, bobs: Mailbox) -> None:
    with pytest.raises(CannotChange):
        changes.move(alice, all_of(inbox), bobs.folders.get(role="inbox"))


def test_undo_before_the_server_knows_leaves_no_trace(alice: User, inbox: Folder, letter: Placement) -> None:
    undo = changes.trash(alice, all_of(inbox))
    assert changes.undo(alice, undo.token) == 1
    assert counts(inbox) == (1, 1)
    assert not Change.objects.exists()
    assert list(Placement.objects.values_list("pk", "gone_at")) == [(letter.pk, None)]


def test_undo_afterwards_moves_it_back(alice: User, inbox: Folder, letter: Placement) -> None:
    undo = changes.trash(alice, all_of(inbox))
    Change.objects.update(state="done")
    assert changes.undo(alice, undo.token) == 1
    assert counts(inbox) == (1, 1)
    assert Change.objects.filter(kind="move").count() == 2


def test_undo_keeps_what_was_done_since(alice: User, inbox: Folder, letter: Placement) -> None:
    undo = changes.trash(alice, all_of(inbox))
    changes.set_flag(alice, Placement.objects.filter(gone_at=None), Flag.FLAGGED, True)
    changes.undo(alice, undo.token)
    assert Placement.objects.get(folder=inbox, gone_at=None).flags == Flag.FLAGGED


def test_undo_twice_is_undo_once(alice: User, inbox: Folder, letter: Placement) -> None:
    undo = changes.trash(alice, all_of(inbox))
    assert (changes.undo(alice, undo.token), changes.undo(alice, undo.token)) == (1, 0)


def test_a_token_is_good_for_its_owner_only(alice: User, bob: User, inbox: Folder, letter: Placement) -> None:
    undo = changes.trash(alice, all_of(inbox))
    for user, token in ((bob, undo.token), (alice, undo.token + "x"), (alice, "")):
        with pytest.raises(CannotChange):
            changes.undo(user, token)


def test_undo_of_many_takes_a_few_queries(alice: User, inbox: Folder, django_assert_max_num_queries: object) -> None:
    for number in range(30):
        land(inbox, raw(f"m{number}", subject=f"S{number}"), uid=number + 1, at=NOON + timedelta(minutes=number))
    with django_assert_max_num_queries(70):
        undo = changes.trash(alice, all_of(inbox))
        assert changes.undo(alice, undo.token) == 30


def test_for_ever_is_remembered_as_the_only_expunge(alice: User, inbox: Folder, letter: Placement) -> None:
    changes.delete_for_ever(alice, all_of(inbox))
    assert Change.objects.get().kind == "expunge"
    assert counts(inbox) == (0, 0)


def test_a_folder_is_made(alice: User, alices: Mailbox) -> None:
    folder = changes.create_folder(alice, alices, " 회의록 ")
    assert (folder.name, folder.wire_name) == ("회의록", "&1ozHWLhd-")
    assert Change.objects.get().args == {"folder": folder.pk, "name": folder.wire_name}


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "x" * 500, "Archive", "archive", "inbox"])
def test_a_name_that_cannot_be(alice: User, alices: Mailbox, name: str) -> None:
    with pytest.raises(CannotChange):
        changes.create_folder(alice, alices, name)


def test_where_all_folders_lie_below_inbox_a_new_one_does(alice: User, alices: Mailbox) -> None:
    for folder in alices.folders.exclude(role="inbox"):
        Folder.objects.filter(pk=folder.pk).update(wire_name=f"INBOX.{folder.wire_name}", delimiter=".")
    assert changes.create_folder(alice, alices, "Work").wire_name == "INBOX.Work"


def test_inner_folders_are_renamed_with_the_outer(alice: User, alices: Mailbox) -> None:
    outer = changes.create_folder(alice, alices, "Work")
    inner = changes.create_folder(alice, alices, "Work/2024")
    changes.rename_folder(alice, outer, "Job")
    inner.refresh_from_db()
    assert (outer.wire_name, inner.wire_name, inner.name) == ("Job", "Job/2024", "Job/2024")


def test_the_inbox_keeps_its_name(alice: User, inbox: Folder) -> None:
    with pytest.raises(CannotChange):
        changes.rename_folder(alice, inbox, "Post")


def test_a_folder_with_letters_is_not_deleted(alice: User, alices: Mailbox) -> None:
    folder = changes.create_folder(alice, alices, "Work")
    land(folder, raw("a"), uid=1)
    with pytest.raises(CannotChange):
        changes.delete_folder(alice, folder)


def test_an_empty_one_is_gone_from_sight(alice: User, alices: Mailbox) -> None:
    folder = changes.create_folder(alice, alices, "Work")
    changes.delete_folder(alice, folder)
    assert not Folder.objects.of(alice).filter(pk=folder.pk).exists()
