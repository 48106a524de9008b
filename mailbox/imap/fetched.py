"""FETCH data: the attributes of one letter (RFC 9051 section 7.5.2) become a Fetched."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from mailbox.imap.errors import Malformed
from mailbox.imap.events import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, Fetched
from mailbox.imap.limits import Limits
from mailbox.imap.parser import TOP_NUMBER, Value, items, number, octets, parse, text

_BITS = {b"\\Seen": SEEN, b"\\Answered": ANSWERED, b"\\Flagged": FLAGGED, b"\\Deleted": DELETED, b"\\Draft": DRAFT}
_BITS[b"\\Recent"] = 0  # it belongs to one session and says nothing about the letter
_MONTHS = {name: month for month, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}

# What answers the mirror's own questions, in any order, is read by this one expression: a quarter of the tree's time.
_USUAL = re.compile(
    rb"""\*\ (\d+)\ FETCH\ \((?:
        UID\ (\d+)\ ?
        |FLAGS\ \(([^()"{\x00-\x1f]*)\)\ ?
        |INTERNALDATE\ "([^"\\]*)"\ ?
        |RFC822\.SIZE\ (\d+)\ ?
        |MODSEQ\ \((\d+)\)\ ?
        |EMAILID\ \(([A-Za-z0-9_-]+)\)\ ?
    )*+(?:BODY\[(?:(HEADER[^\[\]]*)\]|\](?:<(\d+)>)?)\ \{\d+\}|\))""",
    re.VERBOSE,
)


def fetched(pieces: list[bytes], limits: Limits, start: int) -> Fetched:
    """The FETCH response that the lexer cut so; its data begin at `start`. Raises Malformed."""
    usual = _USUAL.fullmatch(pieces[0])
    if usual and (len(pieces) == 1 or (len(pieces) == 3 and pieces[2] == b")")):
        return _usual(usual, pieces)
    values = parse(pieces, limits, start)
    return _unusual(number(pieces[0].split(b" ", 2)[1]), values[0] if values else None)


def _usual(found: re.Match[bytes], pieces: list[bytes]) -> Fetched:
    place, uid, flags, date, size, modseq, emailid, header, offset = found.groups()
    bits, keywords = (None, ()) if flags is None else read_flags(flags.split())
    content = pieces[1] if len(pieces) > 1 else None
    return Fetched(
        number(place),
        number(uid) if uid else 0,
        bits,
        keywords,
        read_date_time(date) if date else None,
        number(size, TOP_NUMBER) if size else None,
        number(modseq, TOP_NUMBER) if modseq else None,
        content if header else None,
        None if header else content,
        emailid=emailid.decode() if emailid else None,
        offset=number(offset, TOP_NUMBER) if offset else None,
    )


def _unusual(place: int, attributes: Value) -> Fetched:
    """An attribute that nobody here needs, or whose value is missing, is left out."""
    found: dict[str, Any] = {}
    pairs = iter(items(attributes))
    for name, value in zip(pairs, pairs, strict=False):
        if not isinstance(name, bytes):
            raise Malformed("FETCH data without a name")
        reader = _READERS.get(name.upper())
        if reader:
            reader(found, value)
        elif b"[" in name:
            _section(found, name.upper(), value)
    return Fetched(place, **found)


def _section(found: dict[str, Any], name: bytes, value: Value) -> None:
    """BODY[] and BODY[]<0> are the letter or a slice of it; BODY[HEADER] and BODY[HEADER.FIELDS (...)] its header."""
    if name.startswith(b"BODY[HEADER"):
        found["header"] = _content(value)
    elif name.startswith(b"BODY[]"):
        found["body"] = _content(value)
        if name.endswith(b">"):
            found["offset"] = number(name[7:-1], TOP_NUMBER)


def _content(value: Value) -> bytes | None:
    return None if value is None else octets(value)


def _flags(found: dict[str, Any], value: Value) -> None:
    found["flags"], found["keywords"] = read_flags([octets(flag) for flag in items(value)])


def read_flags(names: list[bytes]) -> tuple[int, tuple[str, ...]]:
    """(the bits of the system flags, the keywords)"""
    bits, keywords = 0, []
    for name in names:
        bit = _BITS.get(name, _BITS.get(name.title()))
        if bit is None:
            keywords.append(text(name))
        else:
            bits |= bit
    return bits, tuple(keywords)


def _internal_date(found: dict[str, Any], value: Value) -> None:
    found["internal_date"] = read_date_time(octets(value))


def read_date_time(date_time: bytes) -> datetime | None:
    """Of `17-Jul-1996 02:44:25 -0700`, the day possibly with a blank in front; None if it cannot be one."""
    try:
        return datetime(
            int(date_time[7:11]), _MONTHS[date_time[3:6].title()], int(date_time[:2]),
            int(date_time[12:14]), int(date_time[15:17]), min(int(date_time[18:20]), 59),
            tzinfo=_zone(date_time[21:26]),
        )  # fmt: skip
    except (ValueError, KeyError):
        return None


@lru_cache(maxsize=256)
def _zone(zone: bytes) -> timezone:
    """Of `-0700`; raises ValueError for a day or more."""
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return timezone(timedelta(minutes=-minutes if zone.startswith(b"-") else minutes)) if minutes else UTC


def _uid(found: dict[str, Any], value: Value) -> None:
    if value is not None:  # seen in the wild: the UID of a letter that is just going away
        found["uid"] = number(value)


def _size(found: dict[str, Any], value: Value) -> None:
    found["size"] = number(value, TOP_NUMBER)


def _modseq(found: dict[str, Any], value: Value) -> None:
    """`(65402)`; Zoho says `(-1)`, which is none."""
    inner = items(value)
    if inner and inner[0] != b"-1":
        found["modseq"] = number(inner[0], TOP_NUMBER)


def _labels(found: dict[str, Any], value: Value) -> None:
    found["labels"] = tuple(text(label) for label in items(value))


def _name_as(field: str) -> Callable[[dict[str, Any], Value], None]:
    """An identifier, in parentheses (RFC 8474), in two pairs of them (pymap) or in none (Gmail)."""

    def read(found: dict[str, Any], value: Value) -> None:
        while isinstance(value, list):
            value = value[0] if value else None
        if value is not None:
            found[field] = text(value)

    return read


def _content_as(field: str) -> Callable[[dict[str, Any], Value], None]:
    def read(found: dict[str, Any], value: Value) -> None:
        found[field] = _content(value)

    return read


_READERS: dict[bytes, Callable[[dict[str, Any], Value], None]] = {
    b"UID": _uid,
    b"FLAGS": _flags,
    b"INTERNALDATE": _internal_date,
    b"RFC822.SIZE": _size,
    b"MODSEQ": _modseq,
    b"RFC822": _content_as("body"),
    b"RFC822.HEADER": _content_as("header"),
    b"EMAILID": _name_as("emailid"),
    b"X-GM-MSGID": _name_as("emailid"),
    b"THREADID": _name_as("threadid"),
    b"X-GM-THRID": _name_as("threadid"),
    b"X-GM-LABELS": _labels,
}
