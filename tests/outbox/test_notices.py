"""The sender is told: one report in the inbox for a letter that failed, one for a letter that is late, in their language."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from mailbox import ingest
from mailbox.mime.letter import Letter
from mailbox.models import Change, Folder, Mailbox, Outgoing, Recipient
from mailbox.outbox import notices, posting, relay
from mailbox.outbox.rules import RULES
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import make_due, only, post

NO_USER = "550 5.1.1 <bob@hamburger.edu>: Recipient address rejected: User unknown"


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    folder, _ = Folder.objects.get_or_create(mailbox=alices, role=Folder.Role.INBOX, defaults={"name": "INBOX"})
    return folder


def reports(inbox: Folder) -> list[Letter]:
    placements = inbox.placements.order_by("pk").select_related("message__raw")
    return [ingest.letter_of(placement.message) for placement in placements]


def raw_report(inbox: Folder) -> bytes:
    return b"".join(ingest.source_of(inbox.placements.get().message))


def fail(alices: Mailbox, sink: Sink, to: str = "bob@hamburger.edu", said: str = NO_USER, **fields: object) -> Outgoing:
    sink.answers = dict.fromkeys(to.split(", "), said)
    outgoing = post(alices, to, **fields)
    relay.deliver(outgoing.pk)
    return outgoing


def test_a_failed_letter_comes_back_as_a_report(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = fail(alices, sink)
    notices.tell(RULES)
    (letter,) = reports(inbox)
    assert letter.subject == "Not delivered: Lunch"
    assert letter.in_reply_to == (outgoing.message_id,)
    assert "There is no mailbox called bob@hamburger.edu." in letter.text
    assert "Look at the address" in letter.text
    assert letter.report.message_id == outgoing.message_id
    (fate,) = letter.report.fates
    assert (fate.recipient, fate.action, fate.status) == ("bob@hamburger.edu", "failed", "5.1.1")
    assert fate.diagnostic == NO_USER


def test_the_standard_library_reads_it_too(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    fail(alices, sink)
    notices.tell(RULES)
    letter = email.message_from_bytes(raw_report(inbox), policy=email.policy.default)
    assert (letter.get_content_type(), letter.get_param("report-type")) == ("multipart/report", "delivery-status")
    status = list(letter.walk())[2]
    assert [part["Action"] for part in status.get_payload()] == [None, "failed"]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert not [line for line in raw_report(inbox).split(b"\r\n") if len(line) > 998 or b"\n" in line]


def test_everybody_who_failed_stands_in_one_report(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    fail(alices, sink, "bob@hamburger.edu, bib@hamburger.edu")
    notices.tell(RULES)
    notices.tell(RULES)
    (letter,) = reports(inbox)
    assert len(letter.report.fates) == 2


def test_it_waits_for_addressees_who_are_being_talked_about(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = fail(alices, sink, "bob@hamburger.edu, bib@hamburger.edu")
    outgoing.recipients.filter(address="bib@hamburger.edu").update(state="leased")
    notices.tell(RULES)
    assert not reports(inbox)


def test_it_is_written_in_the_sender_s_language(
    alices: Mailbox, inbox: Folder, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.update(language="ko")
    monkeypatch.setattr(notices, "next_step", lambda _row: get_language())
    fail(alices, sink)
    notices.tell(RULES)
    assert "\nko\n" in reports(inbox)[0].text


def test_it_is_filed_on_the_server_too(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = fail(alices, sink)
    notices.tell(RULES)
    assert Change.objects.filter(kind="append", args__report=outgoing.pk, args__folder=inbox.pk).count() == 1


def test_a_second_failure_is_told_again(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = fail(alices, sink)
    notices.tell(RULES)
    posting.retry(outgoing, alices.access.get().user)
    relay.deliver(outgoing.pk)
    notices.tell(RULES)
    assert len(reports(inbox)) == 2


def defer(alices: Mailbox, sink: Sink, age: timedelta) -> Outgoing:
    outgoing = fail(alices, sink, said="451 4.3.0 later")
    Outgoing.objects.update(not_before=timezone.now() - age)
    return outgoing


def test_a_late_letter_is_told_once(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = defer(alices, sink, timedelta(hours=5))
    notices.tell(RULES)
    make_due(outgoing)
    relay.deliver(outgoing.pk)
    notices.tell(RULES)
    (letter,) = reports(inbox)
    assert letter.subject == "Late: Lunch"
    assert letter.report.fates[0].action == "delayed"


def test_a_letter_that_was_put_off_just_now_is_not_late(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    defer(alices, sink, timedelta(hours=3))
    notices.tell(RULES)
    assert not reports(inbox)
    notices.tell(replace(RULES, late_after=timedelta(hours=2)))
    assert len(reports(inbox)) == 1


def test_a_letter_whose_life_is_over_is_told_as_failed(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = defer(alices, sink, timedelta(hours=72))
    Outgoing.objects.update(expires_at=timezone.now() - timedelta(seconds=1), late_told_at=timezone.now())
    make_due(outgoing)
    relay.deliver(outgoing.pk)
    notices.tell(RULES)
    (letter,) = reports(inbox)
    assert letter.report.fates[0].action == "failed"
    assert "as long as we tried" in letter.text


def automatic(alices: Mailbox, header: str, sink: Sink) -> None:
    sink.answers = {"bob@hamburger.edu": NO_USER}
    raw = f"From: {alices.address}\r\nTo: bob@hamburger.edu\r\nMessage-ID: <1@crepes.fr>\r\n{header}\r\nHello\r\n".encode()
    outgoing = posting.post_raw(alices, raw, ["bob@hamburger.edu"], header)
    relay.deliver(outgoing.pk)
    notices.tell(RULES)


def test_t73_a_machine_is_not_told(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    automatic(alices, "Auto-Submitted: auto-replied\r\n", sink)
    assert not reports(inbox)
    automatic(alices, "Auto-Submitted: no\r\n", sink)
    assert len(reports(inbox)) == 1


def test_e47_a_bounce_of_a_bounce_is_told_to_nobody(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    fail(alices, sink)
    Outgoing.objects.update(return_path="")
    notices.tell(RULES)
    assert not reports(inbox)
    assert only(Outgoing.objects.get()).told_at


HOSTILE = "550 5.1.1 \u0007\x1b[31m점심\u2028Bcc: x@evil.example " + "x" * 1500


def test_what_a_server_says_cannot_break_the_report(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    outgoing = fail(alices, sink)
    Recipient.objects.update(reply=HOSTILE, host="mx\r\nBcc: y@evil.example", address="봅\r\nx@메일.한국")
    notices.tell(RULES)
    raw = raw_report(inbox)
    assert raw.count(b"\r\nBcc:") == 0
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert reports(inbox)[0].report.message_id == outgoing.message_id
