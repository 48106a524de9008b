"""A server that says no: the click is taken back, and the letter says why."""

import pytest

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.imap.errors import CommandRefused
from mailbox.models import Change, Flag, Mailbox, Placement
from mailbox.sync import changes, push
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import raw


@pytest.fixture
def shown(guest: Mailbox, phone: Phone) -> "changes.Places":
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    return Placement.objects.filter(folder=folder(guest, "INBOX"), gone_at=None)


def refuse(monkeypatch: pytest.MonkeyPatch, deed: str, code: str, text: str) -> None:
    def no(*_: object, **__: object) -> None:
        raise CommandRefused(deed.upper(), code, text)

    monkeypatch.setattr(ImapClient, deed, no)


def refused() -> Change:
    return Change.objects.get(state="refused")


def test_e22_a_full_mailbox(
    guest: Mailbox, owner: User, phone: Phone, shown: "changes.Places", monkeypatch: pytest.MonkeyPatch
) -> None:
    changes.archive(owner, shown)
    refuse(monkeypatch, "move", "OVERQUOTA", "Quota exceeded")
    push.push_changes(guest.pk)
    assert (here(guest, "INBOX"), here(guest, "Archive"), phone.uids("INBOX")) == (["Ketchup"], [], [1])
    assert refused().result == "[OVERQUOTA] The mail server refused MOVE. It said: Quota exceeded"


def test_no_right_to_keep_a_mark(guest: Mailbox, owner: User, shown: "changes.Places", monkeypatch: pytest.MonkeyPatch) -> None:
    changes.set_flag(owner, shown, Flag.FLAGGED, True)
    refuse(monkeypatch, "store", "NOPERM", "No.")
    push.push_changes(guest.pk)
    assert shown.get().flags == 0
    assert refused().result.startswith("[NOPERM]")


def test_the_next_click_goes_on_from_there(
    guest: Mailbox, owner: User, phone: Phone, shown: "changes.Places", monkeypatch: pytest.MonkeyPatch
) -> None:
    changes.archive(owner, shown)
    with monkeypatch.context() as full:
        refuse(full, "move", "OVERQUOTA", "Quota exceeded")
        push.push_changes(guest.pk)
    changes.trash(owner, Placement.objects.filter(folder=folder(guest, "INBOX"), gone_at=None))
    push.push_changes(guest.pk)
    assert (phone.uids("INBOX"), phone.uids("Trash")) == ([], [1])
