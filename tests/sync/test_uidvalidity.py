"""Another UIDVALIDITY: the letters are recognised, nothing is fetched again, nothing that a person did is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from mailbox.housekeeping import sifting
from mailbox.imap.codes import Selected
from mailbox.imap.events import SEEN
from mailbox.models import Filter, Flag, Folder, Mailbox, Placement
from mailbox.sync import bodies, changes, push
from mailbox.sync.session import Session
from tests.sync.conftest import Phone, bring_up, folder, here, place
from tests.sync.letters import raw

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def archive(guest: Mailbox, phone: Phone) -> Folder:
    """With two mirrored letters in it."""
    for name in ("a", "b"):
        phone.add("Archive", raw(name, subject=name))
    bring_up(guest)
    return folder(guest, "Archive")


def make_anew(phone: Phone, *names: str) -> None:
    """The folder is made again on the server, with these letters in another order."""
    phone.client.select("INBOX")
    phone.client.delete("Archive")
    phone.client.create("Archive")
    for name in names:
        phone.add("Archive", raw(name, subject=name))


def test_e15_letters_keep_their_rows(guest: Mailbox, phone: Phone, archive: Folder) -> None:
    before = set(Placement.objects.values_list("pk", "message"))
    make_anew(phone, "b", "a")
    bring_up(guest)
    assert set(Placement.objects.filter(gone_at=None).values_list("pk", "message")) == before
    assert (place(guest, "a").uid, place(guest, "b").uid) == (2, 1)


def test_e15_no_bytes_are_fetched_again(guest: Mailbox, phone: Phone, archive: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    make_anew(phone, "b", "a")
    monkeypatch.setattr(bodies, "_fetch", lambda *args: pytest.fail("fetched again"))
    bring_up(guest)
    assert here(guest, "Archive") == ["b", "a"]


def test_t31_what_is_not_there_any_more_is_gone(guest: Mailbox, phone: Phone, archive: Folder) -> None:
    make_anew(phone, "b", "c")
    bring_up(guest)
    archive.refresh_from_db()
    assert (here(guest, "Archive"), archive.live, archive.mirrored) == (["b", "c"], 2, 2)


def test_a_click_that_waited_reaches_the_right_letter(guest: Mailbox, owner: User, phone: Phone, archive: Folder) -> None:
    changes.set_flag(owner, Placement.objects.filter(message__subject="a"), Flag.SEEN, True)
    make_anew(phone, "b", "a")
    bring_up(guest)
    guest.changes.update(next_at=F("created_at"))
    push.push_changes(guest.pk)
    assert (phone.flags("Archive", 2), phone.flags("Archive", 1)) == (SEEN, 0)


def test_a_move_that_waited_does_not_bounce_back(guest: Mailbox, owner: User, phone: Phone, archive: Folder) -> None:
    changes.trash(owner, Placement.objects.filter(message__subject="a"))
    make_anew(phone, "b", "a")
    bring_up(guest)
    assert (here(guest, "Archive"), here(guest, "Trash")) == (["b"], ["a"])
    guest.changes.update(next_at=F("created_at"))
    push.push_changes(guest.pk)
    bring_up(guest)
    assert (here(guest, "Archive"), here(guest, "Trash")) == (["b"], ["a"])


def test_e15_a_proxy_that_answers_once_for_another_server_is_not_believed(
    guest: Mailbox, phone: Phone, archive: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    Folder.objects.update(checked_at=None, highestmodseq=0)
    select, lies = Session.select, [999]

    def lie_once(session: Session, opened: Folder, **more: bool) -> Selected:
        told = select(session, opened, **more)
        return replace(told, uidvalidity=lies.pop()) if lies and opened == archive else told

    monkeypatch.setattr(Session, "select", lie_once)
    bring_up(guest)
    assert not lies
    assert folder(guest, "Archive").uidvalidity == archive.uidvalidity


def test_t42_letters_with_other_numbers_are_not_new_mail(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """No filter treats them again, and nothing is unread that was read."""
    phone.add("INBOX", raw("a"), "\\Seen", at=timezone.now())
    bring_up(guest)
    Filter.objects.create(mailbox=guest, sender="bob", star=True, since=timezone.now() - timedelta(days=1))
    sifting.sift(guest.pk)
    Placement.objects.update(flags=int(Flag.SEEN))
    select = Session.select
    monkeypatch.setattr(Session, "select", lambda *a, **more: replace(select(*a), uidvalidity=999))
    Folder.objects.update(highestmodseq=0)
    bring_up(guest)
    sifting.sift(guest.pk)
    assert place(guest, "Ketchup").uidvalidity == 999
    assert (place(guest, "Ketchup").flags, folder(guest, "INBOX").unread) == (Flag.SEEN, 0)
