"""What the mirror asks of a letter, and whether an answer brought it."""

import re
from dataclasses import dataclass

from mailbox.imap.arguments import whole
from mailbox.imap.errors import BadArgument
from mailbox.imap.events import Fetched
from mailbox.imap.uids import UidSet

_FIELD = re.compile(r"[!#-'*-9;-Z^-z|}~]+")  # RFC 5322 ftext without what has a meaning inside BODY[...]


@dataclass(frozen=True, slots=True)
class Items:
    """What to fetch of each letter. `header` names the fields wanted; an empty tuple means the whole header, None nothing.
    `body_max`: octets; a longer letter comes cut off at that length, whatever the server claims its size to be."""

    flags: bool = True
    internal_date: bool = False
    size: bool = False
    header: tuple[str, ...] | None = None
    body: bool = False
    body_max: int | None = None
    identity: bool = False

    def encode(self, capabilities: frozenset[str]) -> bytes:
        words = [b"UID"]
        words += [b"FLAGS"] if self.flags else []
        words += [b"MODSEQ"] if self.flags and "CONDSTORE" in capabilities else []
        words += [b"X-GM-LABELS"] if self.flags and "X-GM-EXT-1" in capabilities else []
        words += [b"INTERNALDATE"] if self.internal_date else []
        words += [b"RFC822.SIZE"] if self.size else []
        words += _identity(capabilities) if self.identity else []
        words += [_header(self.header)] if self.header is not None else []
        words += [_body(self.body_max)] if self.body else []
        return b"(" + b" ".join(words) + b")"

    def came_with(self, found: Fetched) -> bool:
        """Whether this is (part of) the answer and not news: it holds the weightiest thing that was asked for."""
        if self.body:
            return found.body is not None
        if self.header is not None:
            return found.header is not None
        if self.size or self.internal_date:
            return found.size is not None or found.internal_date is not None
        return found.flags is not None or found.emailid is not None


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of a folder that is opened again: these UIDs under that UIDVALIDITY, as of that mod-sequence."""

    uidvalidity: int
    modseq: int
    uids: UidSet


def _identity(capabilities: frozenset[str]) -> list[bytes]:
    if "X-GM-EXT-1" in capabilities:
        return [b"X-GM-MSGID", b"X-GM-THRID"]
    return [b"EMAILID", b"THREADID"] if "OBJECTID" in capabilities else []


def _header(fields: tuple[str, ...]) -> bytes:
    names = b" ".join(map(field_name, fields))
    return b"BODY.PEEK[HEADER.FIELDS (%b)]" % names if fields else b"BODY.PEEK[HEADER]"


def field_name(name: str) -> bytes:
    if not _FIELD.fullmatch(name):
        raise BadArgument("The name of a header field cannot hold blanks, quotes or brackets.")
    return name.encode()


def _body(octets_max: int | None) -> bytes:
    return b"BODY.PEEK[]" if octets_max is None else b"BODY.PEEK[]<0.%b>" % whole(octets_max)
