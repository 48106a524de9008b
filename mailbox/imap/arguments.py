"""Values on their way into a command: each is checked here, so that none can become a second command."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from mailbox.imap.errors import BadArgument
from mailbox.imap.uids import TOP_UID, UidSet
from mailbox.imap.utf7 import wire_octets

_QUOTABLE = re.compile(rb"[\x20-\x7e]{0,1000}")
_FORBIDDEN = re.compile(rb"[\r\n\x00]")
_KEYWORD = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
_SYSTEM_FLAGS = frozenset({"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"})
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets that travel behind their own length (RFC 9051 section 4.3)."""

    data: bytes


def string(octets: bytes) -> bytes | Literal:
    """Quoted if it can be, a literal if not. CR, LF and NUL are refused: nothing that we name holds them."""
    if _FORBIDDEN.search(octets):
        raise BadArgument("A line break or a NUL cannot be part of what is sent to a mail server.")
    if _QUOTABLE.fullmatch(octets):
        return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return Literal(octets)


def folder(wire_name: str) -> bytes | Literal:
    return string(wire_octets(wire_name))


def flag_list(flags: Iterable[str]) -> bytes:
    """`(\\Seen $Forwarded)`; raises BadArgument for what is no flag that a client may set."""
    checked = list(flags)
    for flag in checked:
        if flag not in _SYSTEM_FLAGS and not _KEYWORD.fullmatch(flag):
            raise BadArgument(f"{flag[:50]!r} is not a flag that a mail server keeps.")
    return f"({' '.join(checked)})".encode()


def date_time(moment: datetime) -> bytes:
    """Quoted, with its own zone; raises BadArgument for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise BadArgument("A date without its time zone cannot be sent to a mail server.")
    minutes = int(offset.total_seconds()) // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    return f'"{moment.day:2}-{_MONTHS[moment.month - 1]}-{moment.year:04} {moment:%H:%M:%S} {zone}"'.encode()


def uid_sets(uids: UidSet, limit: int) -> Iterator[UidSet]:
    """In pieces whose written form takes at most `limit` octets."""
    piece: list[tuple[int, int]] = []
    size = 0
    for low, high in uids.ranges():
        written = len(f"{low}:{high},") if low != high else len(f"{low},")
        if piece and size + written > limit:
            yield UidSet(piece)
            piece, size = [], 0
        piece.append((low, high))
        size += written
    if piece:
        yield UidSet(piece)


def whole(value: int, top: int = TOP_UID) -> bytes:
    """A number from 0 to `top`; anything else, a text above all, is refused."""
    if type(value) is not int or not 0 <= value <= top:
        raise BadArgument(f"{value!r} is not a number that can be sent to a mail server.")
    return b"%d" % value


def uid_set(uids: UidSet) -> bytes:
    if not isinstance(uids, UidSet) or not uids:
        raise BadArgument("A command about letters needs to name at least one.")
    return str(uids).encode()
