"""What is written can be read back, by us and by the standard library."""

import email
import email.policy
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any

import pytest

from mailbox.mime.letter import Address
from mailbox.mime.read import read_letter
from mailbox.mime.write import Attachment, Unwritable, bcc_header, new_message_id, write_letter

ALICE = Address("Alice Martin", "alice@crepes.fr")
BOB = Address("Bob Marlow", "bob@hamburger.edu")
SENT = datetime(2026, 3, 12, 17, 20, 1, tzinfo=timezone(timedelta(hours=9)))
KETCHUP = "Do you like ketchup? How about pickles?"


def written(**changes: Any) -> bytes:
    letter = {"sender": ALICE, "to": [BOB], "subject": KETCHUP, "text": "Yes.\n", "date": SENT, "message_id": "1@crepes.fr"}
    return write_letter(**(letter | changes))


def oracle(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_plain_letter_has_exactly_these_fields() -> None:
    assert oracle(written()).keys() == [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["Yes.\n", "케첩과 피클\n" * 500, "é" * 5000, "x" * 5000, "From me\n.\n..\n", "a \t\nb\x00\n", ""]
)
def test_bytes_are_fit_for_the_wire(text: str) -> None:
    raw = written(text=text, subject="피클 " * 60, attachments=[Attachment("긴 이름 " * 20, "image/png", bytes(range(256)) * 9)])
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "subject",
    [
        KETCHUP,
        "케첩 좋아하세요? 피클은요?",
        "A =?utf-8?B?Qg==?= C",
        "=?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
        "é" * 300,
        "a" * 900,
        "🥒" * 90,
    ],
)
def test_subject_arrives_as_typed(subject: str) -> None:
    raw = written(subject=subject)
    assert read_letter(raw).subject == subject
    assert oracle(raw)["Subject"] == subject


@pytest.mark.parametrize("trick", ["\r", "\n", "\r\n", "\0", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "\ud800"])
@pytest.mark.parametrize(
    "field", ["subject", "sender", "to", "cc", "reply_to", "message_id", "in_reply_to", "references", "name", "type"]
)
def test_nothing_can_be_injected(field: str, trick: str) -> None:
    evil = f"x{trick}Bcc: eve@evil.example"
    person = Address(evil, "eve@evil.example")
    values: dict[str, Any] = {"sender": person, "to": [person], "cc": [person], "reply_to": [person], "references": [evil]}
    files = {"name": [Attachment(evil, "text/plain", b"")], "type": [Attachment("x", evil, b"")]}
    changes = {"attachments": files[field]} if field in files else {field: values.get(field, evil)}
    with pytest.raises(Unwritable):
        written(**changes)


@pytest.mark.parametrize(
    "address", ["", "bob", "bob@", "@hamburger.edu", "b ob@x.edu", "bob@x.edu\r\nBcc: e@e.e", "밥 @hamburger.edu", "<b@x>"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unwritable) as refused:
        written(to=[Address("", address)])
    assert refused.value.field == "recipients"


def test_international_domain_goes_as_a_labels() -> None:
    assert read_letter(written(to=[Address("", "bob@피클.kr")])).to == (Address("", "bob@xn--bq7bl1g.kr"),)


@pytest.mark.parametrize(
    "name", ["Marlow, Bob", 'Bob "Pickle" M.', "밥 말로", "bob@hamburger.org", "=?utf-8?Q?Eve?=", "밥" * 40, "\\"]
)
def test_name_arrives_as_typed(name: str) -> None:
    assert read_letter(written(to=[Address(name, BOB.address), ALICE])).to == (Address(name, BOB.address), ALICE)


@pytest.mark.parametrize(
    "name", ["a.pdf", "김치 레시피.pdf", "아주 " * 40 + "긴.pdf", 'q"uo\\te.txt', "=?utf-8?B?eA==?=.txt", "n.tar.gz"]
)
def test_file_arrives_under_its_name(name: str) -> None:
    raw = written(attachments=[Attachment(name, "application/pdf", b"%PDF\0\r\n\xff")])
    (part,) = read_letter(raw).attachments
    assert (part.name, part.content_type, part.content) == (name.rpartition("\\")[2], "application/pdf", b"%PDF\0\r\n\xff")


def test_standard_library_finds_a_korean_file_name() -> None:
    message = oracle(written(attachments=[Attachment("김치 레시피.pdf", "application/pdf", b"x")]))
    assert [part.get_filename() for part in message.iter_attachments()] == ["김치 레시피.pdf"]


def test_korean_text_is_base64() -> None:
    message = oracle(written(text="케첩을 좋아하세요?\n"))
    assert message["Content-Transfer-Encoding"] == "base64"
    assert message.get_content().replace("\r\n", "\n") == "케첩을 좋아하세요?\n"


def test_formatted_text_stands_beside_the_plain() -> None:
    raw = written(html="<p>Yes, <b>피클</b>.</p>", attachments=[Attachment("jars.csv", "text/csv", b"jars,3")])
    mixed, alternative = oracle(raw), next(oracle(raw).iter_parts())
    assert [mixed.get_content_type(), alternative.get_content_type()] == ["multipart/mixed", "multipart/alternative"]
    assert [part.get_content_type() for part in alternative.iter_parts()] == ["text/plain", "text/html"]
    letter = read_letter(raw)
    assert (letter.text.strip(), "<b>피클</b>" in letter.html, len(letter.attachments)) == ("Yes.", True, 1)


def test_letter_within_a_letter_stays_readable() -> None:
    raw = written(attachments=[Attachment("first.eml", "message/rfc822", written(subject="first"))])
    (part,) = read_letter(raw).attachments
    assert (part.content_type, read_letter(part.content).subject) == ("message/rfc822", "first")


def test_letter_that_cannot_travel_open_is_wrapped() -> None:
    inner = b"Subject: \xc7\xc7\r\n\r\n" + b"x" * 2000
    (part,) = read_letter(written(attachments=[Attachment("odd.eml", "message/rfc822", inner)])).attachments
    assert (part.content_type, part.content) == ("application/octet-stream", inner)


@pytest.mark.parametrize("content_type", ["", "pdf", "multipart/mixed", "message/partial", "a/b; name=x", "x" * 300 + "/y"])
def test_odd_type_is_sent_as_a_file(content_type: str) -> None:
    (part,) = read_letter(written(attachments=[Attachment("x", content_type, b"abc")])).attachments
    assert (part.content_type, part.content) == ("application/octet-stream", b"abc")


def test_long_references_keep_the_first_and_the_last() -> None:
    references = read_letter(written(references=[f"{number}@crepes.fr" for number in range(99)])).references
    assert references == ("0@crepes.fr", *(f"{number}@crepes.fr" for number in range(79, 99)))


def test_reference_of_a_stranger_that_cannot_be_written_is_left_out() -> None:
    assert read_letter(written(in_reply_to="피클@x", references=["a b@x", "<y@x>", "ok@x"])).references == ("ok@x",)


def test_blind_copy_stands_only_in_the_field_made_for_sent() -> None:
    assert b"Bcc" not in written()
    assert read_letter(bcc_header([BOB]).encode() + written()).bcc == (BOB,)


def test_letter_to_nobody_but_blind_copies_names_nobody() -> None:
    raw = written(to=[])
    assert b"\r\nTo: undisclosed-recipients:;\r\n" in raw
    assert read_letter(raw).to == ()


def test_message_id_is_new_and_of_our_domain() -> None:
    assert new_message_id("피클.kr").endswith("@xn--bq7bl1g.kr")
    assert new_message_id("crepes.fr") != new_message_id("crepes.fr")
