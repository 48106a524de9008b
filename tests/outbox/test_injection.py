"""Whatever is typed, one letter leaves, with the headers it should have and to the people it names."""

import re
from collections.abc import Callable

import pytest

from accounts.models import User
from mailbox.mime.read import read_letter
from mailbox.models import Draft, Identity, Mailbox, Outgoing
from mailbox.outbox import posting, relay
from mailbox.outbox.posting import CannotPost
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import attach, draft_of, post

BREAKS = {
    "CR": "\r",
    "LF": "\n",
    "CRLF": "\r\n",
    "folded": "\r\n ",
    "NEL": "\x85",
    "LS": "\u2028",
    "PS": "\u2029",
    "VT": "\v",
    "FF": "\f",
    "encoded": "=?utf-8?B?DQpCY2M6IHNweUBoLmV4YW1wbGU=?=",
}
EVIL = "Bcc: spy@h.example"
HEADERS = {
    "Date", "From", "To", "Cc", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    "X-Relish-Letter",
}  # fmt: skip


def headers_of(raw: bytes) -> list[str]:
    head = raw.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in re.split(rb"\r\n(?![ \t])", head)]


def posted(deed: Callable[[], Outgoing]) -> Outgoing | CannotPost:
    try:
        return deed()
    except CannotPost as refused:
        return refused


def is_harmless(result: Outgoing | CannotPost, field: str, *allowed: str) -> bool:
    """Refused at its field, or a letter with the usual headers, each once, to these people at most."""
    if isinstance(result, CannotPost):
        return result.field == field
    names = headers_of(result.letter())
    people = set(result.recipients.values_list("address", flat=True))
    return len(names) == len(set(names)) and set(names) <= HEADERS and people <= set(allowed)


@pytest.mark.parametrize("bad", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("field", ["subject", "to", "cc", "bcc"])
def test_e44_a_break_in_what_is_typed(field: str, bad: str, alices: Mailbox) -> None:
    typed = {"subject": f"Lunch{bad}{EVIL}"}.get(field, f"Carol{bad}{EVIL} <carol@hamburger.edu>")
    fields = {"to": "bob@hamburger.edu", field: typed}
    assert is_harmless(posted(lambda: post(alices, **fields)), field, "bob@hamburger.edu", "carol@hamburger.edu")


@pytest.mark.parametrize("bad", BREAKS.values(), ids=BREAKS)
def test_e44_t71_a_break_in_the_own_name(bad: str, alices: Mailbox) -> None:
    Identity.objects.update(name=f"Alice{bad}{EVIL}")
    assert is_harmless(posted(lambda: post(alices)), "identity", "bob@hamburger.edu")


@pytest.mark.parametrize("bad", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("column", ["name", "content_type"])
def test_e44_a_break_in_a_file(column: str, bad: str, alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    upload = attach(draft, "recipe.txt", b"two eggs")
    setattr(upload, column, f"recipe.txt{bad}{EVIL}" if column == "name" else f"text/plain{bad}{EVIL}")
    upload.save()
    result = posted(lambda: posting.post_draft(draft, alice))
    assert is_harmless(result, "uploads", "bob@hamburger.edu")
    if isinstance(result, Outgoing):
        assert [part.content for part in read_letter(result.letter()).attachments] == [b"two eggs"]
        assert b"\r\nBcc:" not in result.letter()


SMUGGLED = [
    "hello\n.\nMAIL FROM:<evil@h.example>\n",
    "hello\r\n.\r\nRCPT TO:<spy@h.example>\r\nDATA\r\n",
    "hello\r.\rQUIT\r",
    ".\n..\n...\n",
    "From the start\n",
    "x" * 100_000,
    "점" * 50_000,
]


@pytest.mark.parametrize("text", SMUGGLED, ids=lambda text: repr(text[:12]))
def test_e44_a_text_arrives_as_text(text: str, alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, text=text)
    relay.deliver(outgoing.pk)
    assert [one.raw for one in sink.letters] == [outgoing.letter()]
    read = read_letter(sink.letters[0].raw).text
    assert read.rstrip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0b", "x" * 999])
def test_e44_t70_bytes_that_may_not_be_sent_are_not_queued(bad: str, alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nSubject: x\r\n\r\n" + bad.encode() + b"\r\n"
    with pytest.raises(CannotPost):
        posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key")
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("address", ["bob@h.edu\r\nDATA", "bob@h.edu>\r\nRCPT TO:<spy@h.example", "bob\0@h.edu", "b ob@h.edu"])
def test_e44_an_envelope_that_is_more_than_an_address(address: str, alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nSubject: x\r\n\r\nhi\r\n"
    try:
        outgoing = posting.post_raw(alices, raw, [address], "key")
    except CannotPost:
        return
    assert all(re.fullmatch(r"[^\s<>\0]+@[a-z.]+", one) for one in outgoing.recipients.values_list("address", flat=True))


def test_nothing_of_this_touched_another_draft(alices: Mailbox) -> None:
    draft = draft_of(alices)
    post(alices)
    assert Draft.objects.get(pk=draft.pk).sent_at is None
