"""A draft's copy on the server: one, the newest, and none when the draft is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.models import Draft, Mailbox, Outgoing, Recipient
from mailbox.sync import mirror
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import NOON


@pytest.fixture
def draft(guest: Mailbox, owner: User) -> Draft:
    bring_up(guest)
    draft = Draft.objects.create(
        user=owner, mailbox=guest, key=uuid4(), revision=1, to="Bob <bob@hamburger.edu>, half@", subject="Ketchup", text="Do you?"
    )
    return paused(draft)


def paused(draft: Draft, **columns: object) -> Draft:
    """As it is a while after the last keystroke."""
    Draft.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timedelta(seconds=30), **columns)
    draft.refresh_from_db()
    return draft


def test_it_is_filed_after_a_pause(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    bring_up(guest)
    assert b"Subject: Ketchup" in phone.bytes("Drafts", 1)
    assert phone.flags("Drafts", 1) == 17  # \\Draft, \\Seen
    assert here(guest, "Drafts") == ["Ketchup"]


def test_half_an_address_is_left_out_of_the_copy(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    bring_up(guest)
    assert b"half" not in phone.bytes("Drafts", 1)
    assert b"bob@hamburger.edu" in phone.bytes("Drafts", 1)


def test_not_while_it_is_being_typed(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    Draft.objects.update(updated_at=timezone.now())
    bring_up(guest)
    assert phone.uids("Drafts") == []


def test_a_new_revision_takes_the_place_of_the_old(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    bring_up(guest)
    paused(draft, revision=2, subject="Pickles")
    bring_up(guest)
    assert phone.uids("Drafts") == [2]
    assert here(guest, "Drafts") == ["Pickles"]


def test_an_unchanged_draft_is_left_alone(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    bring_up(guest)
    bring_up(guest)
    assert phone.uids("Drafts") == [1]


def test_a_discarded_one_is_removed(guest: Mailbox, phone: Phone, draft: Draft) -> None:
    bring_up(guest)
    paused(draft, discarded_at=timezone.now())
    bring_up(guest)
    assert (phone.uids("Drafts"), here(guest, "Drafts")) == ([], [])


@pytest.mark.parametrize(("state", "left"), [("queued", [1]), ("failed", [1]), ("sent", [])])
def test_a_sent_one_only_when_its_letter_has_arrived(
    guest: Mailbox, phone: Phone, draft: Draft, state: str, left: list[int]
) -> None:
    bring_up(guest)
    outgoing = Outgoing.objects.create(
        mailbox=guest, draft=draft, key="k", message_id="m", data=b"", not_before=NOON, expires_at=NOON
    )
    Recipient.objects.create(outgoing=outgoing, address="bob@hamburger.edu", state=state, next_at=NOON)
    paused(draft, sent_at=timezone.now())
    bring_up(guest)
    assert phone.uids("Drafts") == left


def test_the_clock_finds_it(guest: Mailbox, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    Mailbox.objects.update(next_poll_at=timezone.now() + timedelta(hours=1))
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: rung.append(args))
    mirror.bring_up_due()
    assert rung == [("mirror.bring_up", guest.pk)]
