"""One response, cut by the lexer, becomes one event (RFC 9051 section 7)."""

import re
from collections.abc import Callable
from typing import TypeVar

from mailbox.imap.errors import Malformed
from mailbox.imap.events import (
    Capability,
    Continue,
    Enabled,
    Event,
    Exists,
    Expunged,
    FolderFlags,
    FolderStatus,
    Found,
    Listed,
    Other,
    Status,
    Vanished,
)
from mailbox.imap.fetched import fetched
from mailbox.imap.limits import Limits
from mailbox.imap.parser import TOP_NUMBER, items, number, octets, parse, text
from mailbox.imap.uids import UidSet
from mailbox.imap.utf7 import wire_text

_NUMBERED = re.compile(rb"\* (\d+) (FETCH|EXISTS|EXPUNGE)\b", re.IGNORECASE)
_STATUS = re.compile(rb"(\S+) (OK|NO|BAD|BYE|PREAUTH)\b ?(?:\[([^\s\]]+) ?([^\]]*)\])? ?(.*)", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(rb"\* ([A-Za-z][A-Za-z0-9.-]*) ?")
_FOUND = re.compile(rb"\d+")
_FOUND_ALL = re.compile(rb"\bALL ([\d:,]+)", re.IGNORECASE)
_VANISHED = re.compile(rb"\* VANISHED (\(EARLIER\) )?([\d:,]+)\s*", re.IGNORECASE)
_TEXT_MAX = 2_000

Source = TypeVar("Source")


def read_response(pieces: list[bytes], limits: Limits) -> Event:
    """Raises Malformed."""
    line = pieces[0]
    numbered = _NUMBERED.match(line)
    if numbered:
        return _numbered(numbered, pieces, limits)
    if line.startswith(b"+"):
        return Continue(text(line[2:_TEXT_MAX]))
    status = _STATUS.match(line)
    if status:
        return _status(*status.groups())
    named = _NAMED.match(line)
    if named:
        name = named[1].upper()
        reader = _READERS.get(name)
        return reader(pieces, limits, named.end()) if reader else Other(name[:30].decode())
    if line.startswith(b"* ") or not line:
        return Other("")
    raise Malformed(f"it begins with {line[:40].decode('ascii', 'replace')!r}")


def _numbered(found: re.Match[bytes], pieces: list[bytes], limits: Limits) -> Event:
    kind = found[2].upper()
    if kind == b"EXISTS":
        return Exists(number(found[1]))
    if kind == b"EXPUNGE":
        return Expunged(number(found[1]))
    return fetched(pieces, limits, found.end())


def _status(tag: bytes, kind: bytes, code: bytes | None, data: bytes | None, said: bytes) -> Status:
    whose = "" if tag == b"*" else text(tag)
    return Status(whose, text(kind).upper(), text(code or b"").upper(), text(data or b""), text(said)[:_TEXT_MAX])


def _words(pieces: list[bytes], limits: Limits, start: int) -> frozenset[str]:
    return frozenset(text(word).upper() for word in parse(pieces, limits, start) if word)


def _capability(pieces: list[bytes], limits: Limits, start: int) -> Event:
    return Capability(_words(pieces, limits, start))


def _enabled(pieces: list[bytes], limits: Limits, start: int) -> Event:
    return Enabled(_words(pieces, limits, start))


def _folder_flags(pieces: list[bytes], limits: Limits, start: int) -> Event:
    values = parse(pieces, limits, start)
    return FolderFlags(tuple(text(flag) for flag in items(values[0] if values else None)))


def _listed(pieces: list[bytes], limits: Limits, start: int) -> Event:
    """`(\\HasNoChildren \\Sent) "/" name`; the delimiter is NIL in a flat hierarchy."""
    values = parse(pieces, limits, start)
    if len(values) < 3:
        raise Malformed("a LIST response without a name")
    delimiter = "" if values[1] is None else text(values[1])[:1]
    return Listed(wire_text(octets(values[2])), delimiter, frozenset(text(word).lower() for word in items(values[0])))


def _folder_status(pieces: list[bytes], limits: Limits, start: int) -> Event:
    values = parse(pieces, limits, start)
    if len(values) < 2:
        raise Malformed("a STATUS response without its figures")
    pairs = iter(items(values[1]))
    found = {text(name).upper(): value for name, value in zip(pairs, pairs, strict=False)}

    def figure(name: str) -> int | None:
        value = found.get(name)
        return number(value, TOP_NUMBER) if isinstance(value, bytes) and value.isdigit() else None

    identifier = found.get("MAILBOXID")
    return FolderStatus(
        wire_text(octets(values[0])), figure("MESSAGES"), figure("UNSEEN"), figure("UIDNEXT"), figure("UIDVALIDITY"),
        figure("HIGHESTMODSEQ") or None, text(identifier[0]) if isinstance(identifier, list) and identifier else None,
    )  # fmt: skip


def _search(pieces: list[bytes], limits: Limits, start: int) -> Event:
    """`* SEARCH 2 3 6 (MODSEQ 917162500)`"""
    end = pieces[0].find(b"(", start)
    found = _FOUND.finditer(pieces[0], start, end if end >= 0 else len(pieces[0]))
    return Found(_uids(UidSet.of, (number(match[0]) for match in found)))


def _esearch(pieces: list[bytes], limits: Limits, start: int) -> Event:
    """`* ESEARCH (TAG "A7") UID ALL 2,10:11`; without ALL nothing was found."""
    found = _FOUND_ALL.search(pieces[0], start)
    return Found(_uids(UidSet.parse, found[1]) if found else UidSet())


def _uids(make: Callable[[Source], UidSet], source: Source) -> UidSet:
    try:
        return make(source)
    except ValueError:
        raise Malformed("a set of UIDs that is none") from None


def _vanished(pieces: list[bytes], limits: Limits, start: int) -> Event:
    """Some servers write it wrong; then the caller learns that something vanished, but not what."""
    found = _VANISHED.fullmatch(pieces[0])
    try:
        return Vanished(UidSet.parse(found[2]) if found else UidSet(), bool(found and found[1]))
    except ValueError:
        return Vanished(UidSet(), earlier=False)


_READERS: dict[bytes, Callable[[list[bytes], Limits, int], Event]] = {
    b"CAPABILITY": _capability,
    b"ENABLED": _enabled,
    b"FLAGS": _folder_flags,
    b"LIST": _listed,
    b"STATUS": _folder_status,
    b"SEARCH": _search,
    b"ESEARCH": _esearch,
    b"VANISHED": _vanished,
}
