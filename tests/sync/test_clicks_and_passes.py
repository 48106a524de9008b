"""A pass never undoes a click, and a click never undoes what somebody else did first."""

from collections.abc import Callable

import pytest

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.imap.errors import CommandRefused
from mailbox.imap.events import FLAGGED, SEEN
from mailbox.models import Change, Flag, Mailbox, Placement
from mailbox.sync import changes, comparing, fetching, push, telling, visiting
from tests.sync.conftest import Phone, bring_up, folder, here, place
from tests.sync.letters import raw


@pytest.fixture
def uid(guest: Mailbox, phone: Phone) -> int:
    number = phone.add("INBOX", raw("a"))
    bring_up(guest)
    return number


def shown(mailbox: Mailbox, name: str) -> "changes.Places":
    return Placement.objects.filter(folder=folder(mailbox, name), gone_at=None)


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: object, name: str, deed: Callable[[], object]) -> None:
    """Do something once, at the moment when the pass has read and is about to write."""
    then, deeds = getattr(module, name), [deed]
    monkeypatch.setattr(module, name, lambda *args, **more: (deeds and deeds.pop()(), then(*args, **more))[1])


def test_a_click_during_the_pass_stays(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.flag("INBOX", uid, "\\Flagged")
    meanwhile(monkeypatch, visiting.rows, "hear", lambda: changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True))
    bring_up(guest)
    assert place(guest, "Ketchup").flags == Flag.SEEN | Flag.FLAGGED
    push.push_changes(guest.pk)
    assert phone.flags("INBOX", uid) == SEEN | FLAGGED


@pytest.mark.parametrize("phone_last", [True, False])
def test_e19_t15_the_same_flag_on_both_sides(guest: Mailbox, owner: User, phone: Phone, uid: int, phone_last: bool) -> None:
    """The server's order decides: who told it last."""
    phone.flag("INBOX", uid, "\\Seen")
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, False)
    push.push_changes(guest.pk)
    if phone_last:
        phone.flag("INBOX", uid, "\\Seen")
    bring_up(guest)
    assert (place(guest, "Ketchup").flags, phone.flags("INBOX", uid)) == ((SEEN, SEEN) if phone_last else (0, 0))


def test_e02_a_store_whose_answer_was_lost_is_told_again(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    phone.flag("INBOX", uid, "\\Seen")
    Change.objects.update(state="sent", attempts=1)
    bring_up(guest)
    assert (place(guest, "Ketchup").flags, phone.flags("INBOX", uid)) == (SEEN, SEEN)
    assert Change.objects.get().state == "done"


def test_e49_ten_thousand_clicks_leave_the_workers_to_others_too(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its time is over a push ends after the round it is in, and rings for the rest."""
    monkeypatch.setattr(push, "AT_ONCE", 1)
    rung: list[str] = []
    monkeypatch.setattr(push.bell, "ring", lambda task, *_: rung.append(task))
    for on in (True, False, True):
        changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, on)
    push.push_changes(guest.pk, seconds=0)
    assert Change.objects.filter(state="done").count() == 1
    assert rung[-1] == "mirror.push"


def test_a_flag_that_waits_is_not_taken_back(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    Change.objects.update(next_at="2999-01-01T00:00Z")
    phone.flag("INBOX", uid, "\\Flagged")
    bring_up(guest)
    assert place(guest, "Ketchup").flags == Flag.SEEN | Flag.FLAGGED


def test_a_move_that_waits_does_not_bounce(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.trash(owner, shown(guest, "INBOX"))
    Change.objects.update(next_at="2999-01-01T00:00Z")
    phone.flag("INBOX", uid, "\\Flagged")
    phone.add("INBOX", raw("b", subject="Pickles"))
    bring_up(guest)
    assert (here(guest, "INBOX"), here(guest, "Trash")) == (["Pickles"], ["Ketchup"])


def test_e20_a_letter_that_the_phone_moved_first_ends_where_the_phone_put_it(
    guest: Mailbox, owner: User, phone: Phone, uid: int
) -> None:
    changes.trash(owner, shown(guest, "INBOX"))
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    assert [here(guest, name) for name in ("INBOX", "Trash", "Archive")] == [[], [], ["Ketchup"]]


@pytest.mark.parametrize("arrived", [True, False])
def test_e02_a_move_whose_answer_was_lost_is_looked_for_first(
    guest: Mailbox, owner: User, phone: Phone, uid: int, arrived: bool
) -> None:
    changes.trash(owner, shown(guest, "INBOX"))
    Change.objects.update(state="sent", attempts=1)
    if arrived:
        phone.move("INBOX", uid, "Trash")
    bring_up(guest)
    assert (phone.uids("INBOX"), phone.uids("Trash")) == ([], [1])
    assert (here(guest, "INBOX"), here(guest, "Trash")) == ([], ["Ketchup"])
    assert Change.objects.get().state == "done"


def test_e02_t14_a_copy_whose_answer_was_lost_is_not_made_twice(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.sync.conftest import without

    without(monkeypatch, "MOVE")
    changes.trash(owner, shown(guest, "INBOX"))
    Change.objects.update(state="sent", attempts=1)
    phone.client.select("INBOX", readonly=False)
    phone.client.copy([uid], "Trash")
    bring_up(guest)
    assert (phone.uids("INBOX"), phone.uids("Trash")) == ([], [1])


def refuse(*args: object, **more: object) -> None:
    raise CommandRefused("the deed", "NOPERM", "You may not.")


def test_a_refused_flag_is_taken_back(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapClient, "store", refuse)
    changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    push.push_changes(guest.pk)
    assert (place(guest, "Ketchup").flags, folder(guest, "INBOX").unread) == (0, 1)
    assert Change.objects.get().state == "refused"
    assert "You may not." in Change.objects.get().result


def test_a_refused_move_is_taken_back_with_its_flags(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.client.create("Work")
    bring_up(guest)
    phone.client.delete("Work")
    changes.move(owner, shown(guest, "INBOX"), folder(guest, "Work"))
    changes.set_flag(owner, shown(guest, "Work"), Flag.SEEN, True)
    push.push_changes(guest.pk)
    assert here(guest, "INBOX") == ["Ketchup"]
    assert (folder(guest, "INBOX").live, folder(guest, "Work").live) == (1, 0)
    assert phone.flags("INBOX", uid) == SEEN


def test_a_refused_expunge_is_taken_back(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapClient, "store", refuse)
    changes.delete_for_ever(owner, shown(guest, "INBOX"))
    push.push_changes(guest.pk)
    assert here(guest, "INBOX") == ["Ketchup"]


def test_another_letter_under_that_uid_is_not_destroyed(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    message = place(guest, "Ketchup").message
    type(message).objects.update(size=1, internal_date="2020-01-01T00:00Z")
    changes.delete_for_ever(owner, shown(guest, "INBOX"))
    push.push_changes(guest.pk)
    assert (phone.uids("INBOX"), here(guest, "INBOX")) == ([uid], ["Ketchup"])


def test_e17_a_sudden_emptiness_is_looked_at_twice(
    guest: Mailbox, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbox.sync.plan.VALVE_ROWS", 0)
    lies = [fetching.UidSet()]
    search = ImapClient.search_all
    monkeypatch.setattr(ImapClient, "search_all", lambda client: lies.pop() if lies else search(client))
    monkeypatch.setattr(comparing, "_count", lambda exists, events: 0)
    phone.flag("INBOX", uid, "\\Flagged")
    bring_up(guest)
    assert (lies, here(guest, "INBOX")) == ([], ["Ketchup"])


def test_e17_t05_a_vanished_that_names_everything_is_not_believed(
    guest: Mailbox, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbox.imap.events import Vanished

    monkeypatch.setattr("mailbox.sync.plan.VALVE_ROWS", 0)
    everything = Vanished(fetching.UidSet([(1, 2**32 - 1)]), earlier=True)
    monkeypatch.setattr(ImapClient, "take_untagged", lambda client: (everything,))
    phone.flag("INBOX", uid, "\\Flagged")
    bring_up(guest)
    assert here(guest, "INBOX") == ["Ketchup"]


def test_a_folder_that_went_while_letters_were_on_their_way(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.client.create("Work")
    bring_up(guest)
    changes.move(owner, shown(guest, "INBOX"), folder(guest, "Work"))
    folder(guest, "Work").delete()
    push.push_changes(guest.pk)
    assert (here(guest, "INBOX"), folder(guest, "INBOX").live) == (["Ketchup"], 1)


def test_a_change_that_cannot_be_told_holds_up_nobody(
    guest: Mailbox, owner: User, phone: Phone, uid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(telling.TELL, "move", lambda *args: {}["a fault of ours"])
    other = phone.add("INBOX", raw("b", subject="Pickles"))
    bring_up(guest)
    changes.trash(owner, shown(guest, "INBOX").filter(uid=uid))
    changes.set_flag(owner, shown(guest, "INBOX").filter(uid=other), Flag.SEEN, True)
    push.push_changes(guest.pk)
    assert phone.flags("INBOX", other) == SEEN
    assert here(guest, "INBOX") == ["Ketchup", "Pickles"]


def test_deleting_in_one_folder_leaves_the_letter_in_the_other(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.add("Archive", raw("a"))
    bring_up(guest)
    changes.trash(owner, shown(guest, "INBOX"))
    push.push_changes(guest.pk)
    bring_up(guest)
    assert [here(guest, name) for name in ("INBOX", "Archive", "Trash")] == [[], ["Ketchup"], ["Ketchup"]]
