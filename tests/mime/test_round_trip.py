"""A letter that was written reads as it was meant, whatever was typed."""

import email
import email.policy
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.mime.letter import Address
from mailbox.mime.read import read_letter
from mailbox.mime.write import Attachment, write_letter

# What can be typed into one line: no control characters, no separators of lines, no lone surrogates.
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
NAME = LINE.filter(lambda name: "@" not in name)
ADDRESS = st.from_regex(r"\A[a-z0-9!#$%&'*+/=^_`{|}~-]{1,20}(\.[a-z0-9]{1,9})?@[a-z0-9]{1,20}\.[a-z]{2,9}\Z")
PERSON = st.builds(Address, NAME, ADDRESS)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=400)
MOMENT = st.datetimes(
    datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))])
)
FILE = st.builds(
    Attachment, LINE, st.sampled_from(["application/pdf", "text/plain", "image/png", "", "x"]), st.binary(max_size=300)
)


def seen(text: str) -> str:
    """As a reader shows it: composed, and without blanks at the ends."""
    return unicodedata.normalize("NFC", text).strip()


@settings(max_examples=200)
@given(PERSON, st.lists(PERSON, max_size=4), st.lists(PERSON, max_size=3), LINE, TEXT, MOMENT, st.lists(FILE, max_size=2))
def test_what_was_written_is_read(
    sender: Address, to: list[Address], cc: list[Address], subject: str, text: str, date: datetime, files: list[Attachment]
) -> None:
    raw = write_letter(
        sender=sender,
        to=to,
        cc=cc,
        subject=subject,
        text=text,
        date=date.replace(microsecond=0),
        message_id="1@crepes.fr",
        attachments=files,
    )
    assert raw.isascii()
    assert all(len(line) <= 998 and not set(line) & set(b"\r\n\0") for line in raw.split(b"\r\n"))
    letter = read_letter(raw)
    assert letter.damage == ()
    assert (letter.subject, letter.date, letter.message_id) == (seen(subject), date.replace(microsecond=0), "1@crepes.fr")
    assert [(one.name, one.address) for one in (*letter.senders, *letter.to, *letter.cc)] == [
        (seen(one.name), one.address) for one in (sender, *to, *cc)
    ]
    assert letter.text.rstrip("\n") == text.rstrip("\n")
    assert [part.content for part in letter.attachments] == [file.content for file in files]


@given(LINE, NAME, st.lists(LINE, max_size=2))
def test_standard_library_reads_the_same(subject: str, name: str, files: list[str]) -> None:
    person = Address(name, "alice@crepes.fr")
    attachments = [Attachment(file, "application/pdf", b"x") for file in files]
    moment = datetime(2026, 3, 12, tzinfo=UTC)
    raw = write_letter(
        sender=person, to=[person], subject=subject, date=moment, message_id="1@crepes.fr", attachments=attachments
    )
    message = email.message_from_bytes(raw, policy=email.policy.default)
    expected = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"]
    assert message.keys() == (expected if files else [*expected, "Content-Transfer-Encoding"])
    assert [one.addr_spec for one in message["to"].addresses] == ["alice@crepes.fr"]
    assert len(list(message.iter_attachments())) == len(files)
