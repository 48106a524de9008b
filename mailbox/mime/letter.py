"""A Letter: what the bytes of one letter mean. Frozen values, no Django, no sockets."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A person in a header: `name` decoded (may be empty), `address` as local@domain (empty if it is none)."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the letter. `path` is its IMAP part number ("1.2"); `content` is decoded from its transfer encoding."""

    path: str
    content_type: str  # lower case, "application/octet-stream" if unreadable
    name: str  # file name, decoded, no path in it; empty if none
    size: int  # of the decoded content
    content_id: str  # without the angle brackets
    disposition: str  # "inline", "attachment" or ""
    charset: str  # as declared, lower case; empty if not
    content: bytes = field(repr=False)

    @property
    def is_attachment(self) -> bool:
        """Shown in the list of files: everything that is not the text of the letter or a picture inside it."""
        return self.disposition == "attachment" or bool(self.name and not self.content_id)


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` and `html` are the bodies to show, decoded, newlines as \\n; either may be empty. `damage` says in plain
    words what is broken (empty: nothing). `headers` are the top headers in order, names as written, values decoded."""

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
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()  # every leaf, in order, the bodies included
    damage: tuple[str, ...] = ()

    @property
    def attachments(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.is_attachment)

    def header(self, name: str) -> str:
        """The first header of that name, or ''."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")
