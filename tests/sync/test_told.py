"""What the open pages hear of a pass: each thing once, and about once a second at most."""

import pytest
from django.test import TestCase

from mailbox import live
from mailbox.models import Change, Flag, Mailbox
from mailbox.sync import changes, mirror, push
from tests.sync.conftest import Phone, bring_up, folder, place
from tests.sync.letters import raw
from tests.sync.test_clicks_and_passes import refuse, shown

Told = list[tuple[str, int]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    heard: Told = []
    monkeypatch.setattr(live, "tell", lambda users, event, *rows: heard.extend((event, row) for row in rows))
    return heard


def test_a_new_letter(guest: Mailbox, phone: Phone, told: Told) -> None:
    bring_up(guest)
    told.clear()
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    thread = place(guest, "Ketchup").message.thread_id
    assert {("folder", folder(guest, "INBOX").pk), ("thread", thread), ("mailbox", guest.pk)} == set(told)


def test_an_import_does_not_flood(guest: Mailbox, phone: Phone, told: Told) -> None:
    for number in range(60):
        phone.add("INBOX", raw(f"m{number}", subject=f"S{number}"))
    mirror.bring_up(guest.pk)
    assert told.count(("folder", folder(guest, "INBOX").pk)) <= 4
    assert told.count(("mailbox", guest.pk)) <= 4


def test_a_click(guest: Mailbox, phone: Phone, told: Told) -> None:
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    told.clear()
    owner = guest.access.get().user
    with TestCase.captureOnCommitCallbacks(execute=False):
        changes.set_flag(owner, shown(guest, "INBOX"), Flag.SEEN, True)
    assert set(told) == {("folder", folder(guest, "INBOX").pk), ("thread", place(guest, "Ketchup").message.thread_id)}


def test_a_refusal(guest: Mailbox, phone: Phone, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    changes.set_flag(guest.access.get().user, shown(guest, "INBOX"), Flag.SEEN, True)
    told.clear()
    monkeypatch.setattr("mailbox.imap.client.ImapClient.store", refuse)
    push.push_changes(guest.pk)
    assert Change.objects.get().state == "refused"
    assert ("thread", place(guest, "Ketchup").message.thread_id) in told
    assert ("folder", folder(guest, "INBOX").pk) in told
