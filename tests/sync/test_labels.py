"""Labels go both ways: what a person gives here is a keyword there, what another client gives is a chip here."""

from dataclasses import replace

import pytest

from accounts.models import User
from mailbox.imap.items import Items
from mailbox.models import Change, Folder, Label, Mailbox, Placement, ThreadFolder
from mailbox.sync import changes, labelling, push, reconciling
from mailbox.sync.rights import CannotChange
from mailbox.sync.session import Session
from tests.sync.conftest import Phone, bring_up, place
from tests.sync.letters import raw
from tests.sync.test_to_the_server import all_told, shown


@pytest.fixture
def uid(guest: Mailbox, phone: Phone) -> int:
    number = phone.add("INBOX", raw("a"))
    bring_up(guest)
    return number


def keywords(phone: Phone, folder: str, uid: int) -> set[str]:
    phone.client.select(folder)

    return set(next(iter(phone.client.fetch([uid], Items()))).keywords)


def test_a_label_that_is_given_here_is_a_keyword_there(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "거래처 둘", True)
    push.push_changes(guest.pk)
    assert keywords(phone, "INBOX", uid) == {"&rHC3mMyYACC0WA-"}
    assert place(guest, "Ketchup").server_keywords == ["&rHC3mMyYACC0WA-"]
    assert all_told()


def test_it_is_taken_away_again(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    labelling.label(owner, shown(guest, "INBOX"), "suppliers", False)
    push.push_changes(guest.pk)
    assert keywords(phone, "INBOX", uid) == set()


def test_a_label_of_another_client_is_known_here(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "Travel")
    phone.flag("INBOX", uid, "NonJunk")
    bring_up(guest)
    assert list(Label.objects.values_list("name", flat=True)) == ["Travel"]
    assert ThreadFolder.objects.get(folder__mailbox=guest).labels == ["Travel"]


def test_it_is_on_every_copy_of_the_letter(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.copy("INBOX", uid, "Archive")
    bring_up(guest)
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    assert Placement.objects.filter(keywords=["Suppliers"]).count() == 2


def test_undo_takes_it_back(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    done = labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    assert changes.undo(owner, done.token) == 1
    push.push_changes(guest.pk)
    assert (keywords(phone, "INBOX", uid), place(guest, "Ketchup").keywords) == (set(), [])


def test_a_stale_look_does_not_undo_it(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    Change.objects.update(next_at="2999-01-01T00:00Z")
    phone.flag("INBOX", uid, "Travel")
    bring_up(guest)
    assert place(guest, "Ketchup").keywords == ["Suppliers", "Travel"]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that keeps no keywords."""
    select = Session.select
    monkeypatch.setattr(
        Session, "select", lambda session, one, **more: replace(select(session, one, **more), permanent_flags=("\\Seen",))
    )


@pytest.mark.usefixtures("forgetful")
def test_what_the_server_does_not_keep_is_kept_here(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    phone.flag("INBOX", uid, "\\Flagged")
    bring_up(guest)
    assert place(guest, "Ketchup").keywords == ["%Suppliers"]
    assert [(one.keyword, one.name) for one in Label.objects.all()] == [("%Suppliers", "Suppliers")]
    assert (keywords(phone, "INBOX", uid), all_told()) == (set(), True)


@pytest.mark.usefixtures("forgetful")
def test_and_is_taken_away_here(guest: Mailbox, owner: User, uid: int) -> None:
    for on in (True, False):
        labelling.label(owner, shown(guest, "INBOX"), "Suppliers", on)
        push.push_changes(guest.pk)
    assert (place(guest, "Ketchup").keywords, all_told()) == ([], True)


@pytest.mark.usefixtures("forgetful")
def test_what_is_kept_here_stays_with_a_letter_that_another_program_moves(
    guest: Mailbox, owner: User, phone: Phone, uid: int
) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    moved = place(guest, "Ketchup")
    assert (moved.folder.name, moved.keywords) == ("Archive", ["%Suppliers"])
    assert ThreadFolder.objects.get(folder=moved.folder).labels == ["%Suppliers"]


@pytest.mark.usefixtures("forgetful")
def test_undo_takes_back_what_the_server_did_not_keep(guest: Mailbox, owner: User, uid: int) -> None:
    done = labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    changes.undo(owner, done.token)
    assert place(guest, "Ketchup").keywords == []


@pytest.mark.usefixtures("forgetful")
def test_what_was_taken_away_here_does_not_come_back_from_where_the_letter_was(
    guest: Mailbox, owner: User, phone: Phone, uid: int
) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    push.push_changes(guest.pk)
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    labelling.label(owner, shown(guest, "Archive"), "Suppliers", False)
    push.push_changes(guest.pk)
    phone.move("Archive", phone.uids("Archive")[0], "Trash")
    bring_up(guest)
    assert (place(guest, "Ketchup").folder.name, place(guest, "Ketchup").keywords) == ("Trash", [])


def test_a_keyword_of_before_there_were_labels_shows(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "Travel")
    phone.flag("INBOX", uid, "NonJunk")
    bring_up(guest)
    Label.objects.all().delete()
    ThreadFolder.objects.update(labels=[])
    Folder.objects.update(counted_at=None)
    reconciling.reconcile_due()
    assert ThreadFolder.objects.get(folder__mailbox=guest).labels == ["Travel"]
    assert list(Label.objects.values_list("name", flat=True)) == ["Travel"]


def test_a_label_that_no_letter_carries_any_more_is_none(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    phone.add("INBOX", raw("b"), "Travel")
    labelling.label(owner, shown(guest, "INBOX"), "Travel", True)
    bring_up(guest)
    phone.flag("INBOX", uid, "Travel", on=False)
    bring_up(guest)
    assert Label.objects.get().name == "Travel"
    labelling.label(owner, shown(guest, "INBOX"), "Travel", False)
    assert not Label.objects.exists()


def test_undo_brings_its_last_letter_and_the_label_back(guest: Mailbox, owner: User, uid: int) -> None:
    labelling.label(owner, shown(guest, "INBOX"), "Suppliers", True)
    done = labelling.label(owner, shown(guest, "INBOX"), "Suppliers", False)
    changes.undo(owner, done.token)
    assert (Label.objects.get().name, place(guest, "Ketchup").keywords) == ("Suppliers", ["Suppliers"])


def test_a_name_that_cannot_be_one(guest: Mailbox, owner: User, uid: int) -> None:
    with pytest.raises(CannotChange, match="1 to 40"):
        labelling.label(owner, shown(guest, "INBOX"), "\\Seen", True)
