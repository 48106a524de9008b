"""Bytes that are a letter already: only as oneself, only with what may travel."""

import pytest

from mailbox import ingest
from mailbox.mime.read import read_letter
from mailbox.models import Mailbox, Outgoing
from mailbox.outbox import posting, relay
from mailbox.outbox.posting import CannotPost
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import file

WHOLE = (
    b"Date: Tue, 17 Mar 2026 08:00:00 +0100\r\nFrom: Alice <Alice@crepes.fr>\r\nTo: bob@hamburger.edu\r\n"
    b"Cc: Kim <kim@jangdok.example>\r\nBcc: spy@h.example,\r\n spy2@h.example\r\nReturn-Path: <x@y>\r\nSubject: Lunch\r\n"
    b"Message-ID: <1@crepes.fr>\r\n\r\nBcc: stays here\r\n"
)


def test_the_header_says_who_is_what(alices: Mailbox) -> None:
    outgoing = posting.post_raw(alices, WHOLE, ["bob@hamburger.edu", "kim@jangdok.example", "spy@h.example"], "key")
    assert set(outgoing.recipients.values_list("address", "name", "kind", "state")) == {
        ("bob@hamburger.edu", "", "to", "queued"),
        ("kim@jangdok.example", "Kim", "cc", "queued"),
        ("spy@h.example", "", "bcc", "queued"),
    }


def test_only_the_named_recipients_get_it(alices: Mailbox) -> None:
    outgoing = posting.post_raw(alices, WHOLE, ["kim@jangdok.example"], "key")
    assert list(outgoing.recipients.values_list("address", flat=True)) == ["kim@jangdok.example"]


def test_each_recipient_is_read_by_itself(alices: Mailbox) -> None:
    outgoing = posting.post_raw(alices, WHOLE, ["Bob <bob@hamburger.edu", "kim@jangdok.example"], "key")
    assert set(outgoing.recipients.values_list("address", flat=True)) == {"bob@hamburger.edu", "kim@jangdok.example"}


def test_what_must_not_travel_is_taken_out_and_the_rest_is_as_it_was(alices: Mailbox) -> None:
    outgoing = posting.post_raw(alices, WHOLE, ["bob@hamburger.edu"], "key")
    kept = WHOLE.replace(b"Bcc: spy@h.example,\r\n spy2@h.example\r\nReturn-Path: <x@y>\r\n", b"")
    assert outgoing.letter() == kept
    assert (outgoing.message_id, outgoing.subject, outgoing.return_path) == ("1@crepes.fr", "Lunch", "Alice@crepes.fr")


def test_the_copy_in_sent_names_the_blind_copies(alices: Mailbox) -> None:
    outgoing = file(posting.post_raw(alices, WHOLE, ["bob@hamburger.edu", "spy@h.example"], "key"))
    assert outgoing.filed
    assert [person.address for person in ingest.letter_of(outgoing.filed).bcc] == ["spy@h.example"]


def test_what_is_missing_is_put_in(alices: Mailbox) -> None:
    outgoing = posting.post_raw(alices, b"From: alice@crepes.fr\r\nSubject: x\r\n\r\nhi\r\n", ["bob@hamburger.edu"], "key")
    letter = read_letter(outgoing.letter())
    assert letter.message_id == outgoing.message_id
    assert letter.date


def test_what_cannot_be_read_is_replaced(alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nDate: soon\r\nMessage-ID: none\r\nSubject: x\r\n\r\nhi\r\n"
    sent = posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key").letter()
    assert (sent.count(b"Date:"), sent.count(b"Message-ID:")) == (1, 1)


def test_the_same_key_is_the_same_letter(alices: Mailbox) -> None:
    first = posting.post_raw(alices, WHOLE, ["bob@hamburger.edu"], "key")
    assert posting.post_raw(alices, WHOLE.replace(b"Lunch", b"Dinner"), ["bob@hamburger.edu"], "key") == first
    assert posting.post_raw(alices, WHOLE, ["bob@hamburger.edu"], "another").pk != first.pk


@pytest.mark.parametrize(
    "sender", [b"bob@hamburger.edu", b"alice@crepes.fr, bob@hamburger.edu", b"", b"alice@crepes.fr.evil.example"]
)
def test_nobody_writes_as_somebody_else(sender: bytes, alices: Mailbox) -> None:
    with pytest.raises(CannotPost, match="may not write as"):
        posting.post_raw(alices, b"From: " + sender + b"\r\nSubject: x\r\n\r\nhi\r\n", ["bob@hamburger.edu"], "key")
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"no header at all", b"From: alice@crepes.fr", b"From: alice@crepes.fr\r\n"])
def test_bytes_that_are_hardly_a_letter(raw: bytes, alices: Mailbox, sink: Sink) -> None:
    try:
        outgoing = posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key")
    except CannotPost:
        return
    relay.deliver(outgoing.pk)
    assert read_letter(sink.letters[0].raw).senders[0].address == "alice@crepes.fr"


def test_it_says_eight_bit_where_it_is(alices: Mailbox, sink: Sink) -> None:
    raw = "From: alice@crepes.fr\r\nTo: bob@hamburger.edu\r\nSubject: x\r\n\r\n안녕\r\n".encode()
    outgoing = posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key")
    relay.deliver(outgoing.pk)
    assert sink.letters[0].raw == outgoing.letter()
    assert any("BODY=8BITMIME" in text for _, _, text in outgoing.attempts.get().dialogue)
