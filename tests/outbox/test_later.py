"""A time that the person chose: kept here until then, changed or taken back until then, sent once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts.models import User
from mailbox.mime.read import read_headers
from mailbox.models import Mailbox, Outgoing, Placement, Recipient, Upload
from mailbox.outbox import filed, posting, relay
from mailbox.outbox.later import waiting
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import attach, draft_of, file, make_due, only, post
from tests.outbox.test_commands import run

HOUR = timedelta(hours=1)


def test_until_then_it_lies_in_no_folder(alices: Mailbox, alice: User) -> None:
    outgoing = post(alices, after=HOUR)
    assert not Placement.objects.exists()
    assert list(waiting(alice)) == [outgoing]


def test_it_is_dated_when_it_leaves(alices: Mailbox) -> None:
    outgoing = post(alices, after=HOUR)
    date = read_headers(outgoing.letter()).date
    assert date
    assert abs(date - outgoing.not_before) < timedelta(seconds=1)


def test_when_it_leaves_it_is_filed(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices, after=HOUR)
    make_due(outgoing)
    relay.deliver_due()
    assert (only(outgoing).state, len(sink.letters)) == ("sent", 1)
    Outgoing.objects.update(not_before=timezone.now())
    file(outgoing)
    assert Placement.objects.get().folder.role == "sent"
    assert not waiting(alice)


def test_a_copy_that_cannot_be_made_stands_in_no_other_s_way(alices: Mailbox, alice: User) -> None:
    broken, well = (posting.post_draft(draft_of(alices), alice) for _ in range(2))
    Outgoing.objects.filter(pk=broken.pk).update(data=b"no zstandard")
    filed.file_due(alices.pk)
    assert Placement.objects.get().message == Outgoing.objects.get(pk=well.pk).filed
    assert [one.pk for one in Outgoing.objects.to_file()] == [broken.pk]


def test_another_time(alices: Mailbox, alice: User, sink: Sink) -> None:
    first = post(alices, after=HOUR)
    second = posting.reschedule(first, alice, timezone.now() + 3 * HOUR)
    Recipient.objects.update(next_at=timezone.now())
    relay.deliver_due()
    assert (only(first).state, only(second).state) == ("cancelled", "sent")
    assert [one.raw for one in sink.letters] == [second.letter()]


def test_send_it_now_after_all(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = file(posting.reschedule(post(alices, after=HOUR), alice))
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "sent"
    assert Placement.objects.count() == 1


def test_its_files_are_kept_until_it_leaves(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    attach(draft, "menu.txt", b"pickles")
    outgoing = posting.post_draft(draft, alice, not_before=timezone.now() + HOUR)
    assert b"menu.txt" in posting.reschedule(outgoing, alice).letter()
    assert Upload.objects.count() == 1


def test_too_late_to_change_the_time(alices: Mailbox, alice: User, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    with pytest.raises(posting.TooLate):
        posting.reschedule(outgoing, alice)
    assert Outgoing.objects.count() == 1


def test_the_command_changes_the_time(alices: Mailbox) -> None:
    outgoing = post(alices, after=HOUR)
    said = run("outbox", "schedule", str(outgoing.pk), "2099-03-19T08:00")
    assert said.startswith("It leaves 2099-03-19 08:00:00 as letter ")


def test_the_command_says_what_is_too_late(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    for action in ("undo", "now"):
        with pytest.raises(CommandError, match="Too late"):
            run("outbox", action, str(outgoing.pk))
