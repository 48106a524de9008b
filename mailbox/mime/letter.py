"""A Letter: what the bytes of one letter mean. Frozen values, no Django, no sockets."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from mailbox.mime.transfer import decode_transfer
from mailbox.mime.words import decode_words

# What a part is to the reader: text that is shown, a picture within that text, another form of the same text, a file.
Role = Literal["body", "picture", "alternative", "file"]


@dataclass(frozen=True, slots=True)
class Address:
    """A person in a header: `name` decoded (may be empty), `address` as local@domain (empty if it is none)."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the letter. `path` is its IMAP part number ("1.2"); `encoded` is a window on the letter's bytes."""

    path: str
    content_type: str  # lower case, "application/octet-stream" if unreadable
    name: str  # file name, decoded, no path in it; empty if none
    size: int  # of the decoded content, reckoned from the encoded; off by some bytes if it is badly encoded
    content_id: str  # without the angle brackets
    disposition: str  # "inline", "attachment" or ""
    charset: str  # as declared, lower case; empty if not
    encoded: bytes | memoryview = field(repr=False)
    encoding: str = ""  # Content-Transfer-Encoding, lower case
    role: Role = "file"

    @property
    def content(self) -> bytes:
        """The decoded bytes, decoded anew whenever they are asked for."""
        return decode_transfer(bytes(self.encoded), self.encoding)

    @property
    def is_attachment(self) -> bool:
        """Shown in the list of files: everything that is not the text of the letter or a picture inside it."""
        return self.role == "file"


@dataclass(frozen=True, slots=True)
class Invitation:
    """The event of a text/calendar part (RFC 5545), for the invitation card."""

    method: str  # REQUEST, REPLY, CANCEL, PUBLISH, ... or empty
    uid: str = ""
    sequence: int = 0
    summary: str = ""
    start: datetime | date | None = None  # a date: the whole day; a datetime is aware unless nobody knows the zone
    end: datetime | date | None = None
    zone: str = ""  # as the invitation names it, to show beside the time
    location: str = ""
    organizer: Address | None = None
    attendees: tuple[tuple[Address, str], ...] = ()  # and PARTSTAT in lower case: accepted, declined, tentative, ...
    is_cancelled: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class ReportedFate:
    """What a delivery report (RFC 3464 section 2.3) says of one recipient."""

    recipient: str  # Final-Recipient, without its type
    original: str = ""  # Original-Recipient, if the sender named another
    action: str = ""  # failed, delayed, delivered, relayed, expanded; lower case
    status: str = ""  # RFC 3463, "5.1.1"
    diagnostic: str = ""  # Diagnostic-Code without its type
    host: str = ""  # Remote-MTA without its type


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report: who reports, of which letter, and each recipient's fate."""

    reporter: str
    message_id: str  # of the letter that it is about, without brackets; empty if it was not returned
    fates: tuple[ReportedFate, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` and `html` are the bodies to show, decoded, newlines as \\n; either may be empty. `damage` says in plain
    words what is broken (empty: nothing)."""

    subject: str = ""
    senders: tuple[Address, ...] = ()  # From
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None  # aware; None if absent or unreadable
    message_id: str = ""  # without the angle brackets
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # the header as it came, each field in one line
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()  # every leaf, in order, the bodies included
    damage: tuple[str, ...] = ()
    invitation: Invitation | None = None
    report: Report | None = None

    @property
    def attachments(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.is_attachment)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The header's fields in order, names as written, values decoded."""
        return tuple((name, decode_words(value)) for name, value in self.fields)

    def header(self, name: str) -> str:
        """The first header of that name, decoded, or ''."""
        wanted = name.lower()
        return next((decode_words(value) for key, value in self.fields if key.lower() == wanted), "")
