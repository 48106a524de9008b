"""What is gone stays for a while, and then it goes for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.models import Change, Mailbox, Message, Placement, Raw, Thread
from mailbox.sync import changes
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import land, raw


@pytest.fixture
def uid(guest: Mailbox, phone: Phone) -> int:
    number = phone.add("INBOX", raw("a"))
    bring_up(guest)
    return number


def later(minutes: int) -> None:
    moment = timezone.now() - timedelta(minutes=minutes)
    Placement.objects.filter(gone_at__isnull=False).update(gone_at=moment)
    Change.objects.filter(done_at__isnull=False).update(done_at=moment)


def test_an_expunged_letter_is_kept_for_a_while(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.expunge("INBOX", uid)
    bring_up(guest)
    bring_up(guest)
    assert Message.objects.filter(mailbox=guest).exists()


def test_then_nothing_of_it_is_left(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.expunge("INBOX", uid)
    bring_up(guest)
    later(minutes=11)
    bring_up(guest)
    for table in (Message, Thread):
        assert not table.objects.filter(mailbox=guest).exists()
    assert not Raw.objects.exists()


def test_a_letter_that_lies_elsewhere_stays(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    later(minutes=11)
    bring_up(guest)
    assert here(guest, "Archive") == ["Ketchup"]
    assert not Placement.objects.filter(gone_at__isnull=False).exists()


def test_what_waits_for_the_server_stays(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.trash(owner, Placement.objects.filter(folder__mailbox=guest))
    Change.objects.update(next_at="2999-01-01T00:00Z")
    later(minutes=11)
    bring_up(guest)
    assert Placement.objects.filter(gone_at__isnull=False, uid=uid).exists()


def test_a_move_that_never_arrived_is_no_ghost(guest: Mailbox, owner: User, phone: Phone, uid: int) -> None:
    changes.trash(owner, Placement.objects.filter(folder__mailbox=guest))
    Change.objects.update(state="done", done_at=timezone.now())
    Placement.objects.filter(uid=uid).delete()
    later(minutes=11)
    bring_up(guest)
    assert here(guest, "Trash") == []


def test_a_sent_copy_that_the_server_refused_stays(guest: Mailbox, uid: int) -> None:
    copy = land(folder(guest, "Sent"), raw("b", subject="Sent"))
    Change.objects.create(mailbox=guest, message=copy.message, kind="append", state="refused", done_at=timezone.now())
    later(minutes=11)
    bring_up(guest)
    assert here(guest, "Sent") == ["Sent"]
