"""The first import: everything once, the newest first."""

from datetime import timedelta

from mailbox.models import Folder, Mailbox, Message
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import NOON, raw


def fill(phone: Phone, folder: str, number: int) -> None:
    for count in range(number):
        phone.add(folder, raw(f"m{count}", subject=f"Number {count}"), at=NOON + timedelta(minutes=count))


def test_everything_is_here_once(guest: Mailbox, phone: Phone) -> None:
    fill(phone, "INBOX", 120)
    bring_up(guest)
    assert here(guest, "INBOX") == [f"Number {count}" for count in range(120)]


def test_the_folders_have_their_roles(guest: Mailbox) -> None:
    bring_up(guest)
    assert {folder.role for folder in guest.folders.all()} == {"inbox", "sent", "drafts", "junk", "trash", "archive"}


def test_the_cursors_stand_at_the_ends(guest: Mailbox, phone: Phone) -> None:
    fill(phone, "INBOX", 3)
    bring_up(guest)
    inbox = Folder.objects.get(mailbox=guest, role="inbox")
    assert (inbox.uidnext, inbox.backfill_low_uid, inbox.server_messages, inbox.mirrored, inbox.live) == (4, 0, 3, 3, 3)


def test_a_second_pass_fetches_nothing(guest: Mailbox, phone: Phone) -> None:
    fill(phone, "INBOX", 3)
    bring_up(guest)
    before = list(Message.objects.order_by("pk").values())
    bring_up(guest)
    assert list(Message.objects.order_by("pk").values()) == before
