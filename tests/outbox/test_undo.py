"""Undo, cancel and retry: in time they work, too late they say so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Change, Folder, Mailbox, Message, Outgoing, Placement, Recipient, ThreadFolder
from mailbox.outbox import posting, relay
from mailbox.outbox.posting import Forbidden, TooLate
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import draft_of, make_due, only, post, states

LATER = timedelta(seconds=10)


def test_undo_brings_the_draft_back_as_it_was(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices, subject="Lunch")
    outgoing = posting.post_draft(draft, alice)
    back = posting.undo(outgoing, alice)
    assert (back.pk, back.subject, back.key, back.sent_at) == (draft.pk, "Lunch", draft.key, None)


def test_undo_leaves_no_trace_in_sent(alices: Mailbox, alice: User) -> None:
    posting.undo(post(alices, after=LATER), alice)
    assert not Placement.objects.exists()
    assert not Message.objects.exists()
    assert not ThreadFolder.objects.exists()
    assert not Change.objects.exists()
    assert Folder.objects.get(role="sent").live == 0


def test_what_was_undone_never_leaves(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices, after=LATER)
    posting.undo(outgoing, alice)
    make_due(outgoing)
    relay.deliver_due()
    assert (sink.letters, only(outgoing).state) == ([], "cancelled")


def test_what_was_undone_may_be_sent_after_all(alices: Mailbox, alice: User, sink: Sink) -> None:
    first = posting.post_draft(draft_of(alices), alice)
    second = posting.post_draft(posting.undo(first, alice), alice, not_before=timezone.now())
    assert second.pk != first.pk
    relay.deliver_due()
    assert [one.raw for one in sink.letters] == [second.letter()]


def test_undo_is_too_late_once_it_was_tried(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    with pytest.raises(TooLate):
        posting.undo(outgoing, alice)
    assert Placement.objects.count() == 1


def test_undo_is_too_late_while_somebody_is_sending_it(alices: Mailbox, alice: User) -> None:
    outgoing = post(alices)
    Recipient.objects.update(state="leased", attempts=1)
    with pytest.raises(TooLate):
        posting.undo(outgoing, alice)


@pytest.mark.parametrize("state", ["sent", "done"])
def test_undo_is_too_late_once_the_server_has_the_copy(state: str, alices: Mailbox, alice: User) -> None:
    outgoing = post(alices, after=LATER)
    Change.objects.update(state=state)
    with pytest.raises(TooLate):
        posting.undo(outgoing, alice)
    assert (only(outgoing).state, Placement.objects.count()) == ("scheduled", 1)


def test_undo_twice_is_too_late(alices: Mailbox, alice: User) -> None:
    outgoing = post(alices, after=LATER)
    posting.undo(outgoing, alice)
    with pytest.raises(TooLate):
        posting.undo(outgoing, alice)


def test_cancel_takes_the_copy_back_too(alices: Mailbox, alice: User) -> None:
    outgoing = post(alices, "bob@hamburger.edu, kim@jangdok.example", after=timedelta(hours=5))
    assert posting.cancel(outgoing, alice) == 2
    assert set(states(outgoing).values()) == {"cancelled"}
    assert not Placement.objects.exists()


def test_cancel_stops_those_that_are_tried_again_and_keeps_the_copy_of_what_was_sent(
    alices: Mailbox, alice: User, sink: Sink
) -> None:
    sink.answers = {"carol@hamburger.edu": "450 4.2.1 greylisted"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu")
    relay.deliver(outgoing.pk)
    assert posting.cancel(outgoing, alice) == 1
    assert states(outgoing) == {"bob@hamburger.edu": "sent", "carol@hamburger.edu": "cancelled"}
    assert Placement.objects.count() == 1


def test_cancel_is_too_late_for_what_was_sent(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert posting.cancel(outgoing, alice) == 0
    assert only(outgoing).state == "sent"


@pytest.mark.parametrize("state", ["failed", "deferred", "held", "unknown"])
def test_retry_sends_the_same_bytes_at_once(state: str, alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices)
    Recipient.objects.update(state=state, attempts=9, next_at=timezone.now() + timedelta(days=1))
    assert posting.retry(outgoing, alice) == 1
    relay.deliver_due()
    assert [one.raw for one in sink.letters] == [outgoing.letter()]


def test_retry_leaves_those_alone_who_have_it(alices: Mailbox, alice: User, sink: Sink) -> None:
    sink.answers = {"carol@hamburger.edu": "550 5.1.1 no"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu")
    relay.deliver(outgoing.pk)
    assert posting.retry(outgoing, alice) == 1
    assert states(outgoing) == {"bob@hamburger.edu": "sent", "carol@hamburger.edu": "queued"}


def test_retry_gives_a_letter_whose_life_was_over_another_one(alices: Mailbox, alice: User) -> None:
    outgoing = post(alices)
    Recipient.objects.update(state="failed")
    Outgoing.objects.update(expires_at=timezone.now() - timedelta(days=1))
    posting.retry(outgoing, alice)
    assert Outgoing.objects.get().expires_at > timezone.now() + timedelta(hours=71)


@pytest.mark.parametrize("deed", [posting.undo, posting.cancel, posting.retry])
def test_only_who_may_send_may_do_it(deed: object, alices: Mailbox, bob: User) -> None:
    outgoing = post(alices, after=LATER)
    with pytest.raises(Forbidden):
        deed(outgoing, bob)
    Access.objects.create(mailbox=alices, user=bob, role="read")
    with pytest.raises(Forbidden):
        deed(outgoing, bob)
    assert only(outgoing).state == "scheduled"
