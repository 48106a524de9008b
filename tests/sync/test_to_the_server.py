"""What a person does here is on the server after the next push, whatever the server can do."""

import pytest

from accounts.models import User
from mailbox.imap.events import DELETED, FLAGGED, SEEN
from mailbox.models import Change, Flag, Folder, Mailbox, Placement
from mailbox.sync import changes, push
from tests.sync.conftest import Phone, bring_up, folder, here, place
from tests.sync.letters import raw

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def uid(guest: Mailbox, phone: Phone) -> int:
    number = phone.add("INBOX", raw("a"))
    bring_up(guest)
    return number


def shown(mailbox: Mailbox, name: str) -> "changes.Places":
    return Placement.objects.filter(folder=folder(mailbox, name), gone_at=None)


def all_told() -> bool:
    return not Change.objects.exclude(state="done").exists()


def test_a_flag(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    push.push_changes(guest.pk)
    assert phone.flags("INBOX", uid) == SEEN
    assert place(guest, "Ketchup").server_flags == Flag.SEEN
    assert all_told()


def test_a_flag_set_and_taken_away_leaves_the_others(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "\\Flagged")
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, False)
    push.push_changes(guest.pk)
    assert phone.flags("INBOX", uid) == FLAGGED
    assert all_told()


def in_sight(phone: Phone, name: str) -> int:
    """Letters there that are not marked deleted: without UIDPLUS they stay so."""
    return sum(not phone.flags(name, uid) & DELETED for uid in phone.uids(name))


def test_a_delete_is_a_move_to_trash(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.trash(owner, shown(guest, "INBOX"))
    push.push_changes(guest.pk)
    assert (in_sight(phone, "INBOX"), in_sight(phone, "Trash")) == (0, 1)
    bring_up(guest)
    assert (folder(guest, "INBOX").live, here(guest, "Trash")) == (0, ["Ketchup"])
    assert Placement.objects.get(folder__name="Trash", folder__mailbox=guest).uid
    assert all_told()


def test_a_move_and_a_flag_after_it(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.archive(owner, shown(guest, "INBOX"))
    changes.set_flag(owner, shown(guest, "Archive"), Flag.FLAGGED, True)
    push.push_changes(guest.pk)
    bring_up(guest)
    Change.objects.update(next_at="2020-01-01T00:00Z")
    push.push_changes(guest.pk)
    assert phone.flags("Archive", phone.uids("Archive")[0]) == FLAGGED
    assert all_told()


def test_two_moves_in_a_row(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.archive(owner, shown(guest, "INBOX"))
    changes.trash(owner, shown(guest, "Archive"))
    push.push_changes(guest.pk)
    bring_up(guest)
    assert [in_sight(phone, name) for name in ("INBOX", "Archive", "Trash")] == [0, 0, 1]
    assert here(guest, "Trash") == ["Ketchup"]


def test_undo_after_the_push(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    undo = changes.trash(owner, shown(guest, "INBOX"))
    push.push_changes(guest.pk)
    changes.undo(owner, undo.token)
    push.push_changes(guest.pk)
    bring_up(guest)
    assert (in_sight(phone, "INBOX"), in_sight(phone, "Trash")) == (1, 0)
    assert folder(guest, "INBOX").live == 1


def test_for_ever(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    other = phone.add("INBOX", raw("b", subject="Pickles"))
    phone.flag("INBOX", other, "\\Deleted")
    changes.delete_for_ever(owner, shown(guest, "INBOX").filter(uid=uid))
    push.push_changes(guest.pk)
    assert in_sight(phone, "INBOX") == 0
    assert other in phone.uids("INBOX")  # another client's mark is its own affair
    bring_up(guest)
    assert folder(guest, "INBOX").live == 0


def test_a_folder_made_filled_and_renamed_at_once(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    work = changes.create_folder(owner, guest, "회의")
    changes.move(owner, shown(guest, "INBOX"), work)
    changes.rename_folder(owner, work, "Job")
    push.push_changes(guest.pk)
    bring_up(guest)
    assert (in_sight(phone, "Job"), here(guest, "Job")) == (1, ["Ketchup"])
    assert all_told()


def test_a_folder_deleted(guest: Mailbox, owner: User, phone: Phone) -> None:
    bring_up(guest)
    work = changes.create_folder(owner, guest, "Work")
    push.push_changes(guest.pk)
    changes.delete_folder(owner, work)
    push.push_changes(guest.pk)
    assert "Work" not in {one.name for one in phone.client.list_folders()}
    assert not Folder.objects.filter(pk=work.pk).exists()
    assert all_told()


def test_a_folder_that_filled_meanwhile_is_kept(guest: Mailbox, owner: User, phone: Phone) -> None:
    bring_up(guest)
    work = changes.create_folder(owner, guest, "Work")
    push.push_changes(guest.pk)
    changes.delete_folder(owner, work)
    phone.add("Work", raw("a"))
    push.push_changes(guest.pk)
    assert Change.objects.get(kind="delete").state == "refused"
    bring_up(guest)
    assert here(guest, "Work") == ["Ketchup"]


def test_t12_what_came_before_our_own_letter_is_not_passed_over(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    """The server tells the UID of what we filed; another letter got the one before it."""
    phone.add("Archive", raw("b", subject="Pickles"))
    changes.move(owner, shown(guest, "INBOX"), folder(guest, "Archive"))
    push.push_changes(guest.pk)
    bring_up(guest)
    assert sorted(here(guest, "Archive")) == ["Ketchup", "Pickles"]
