"""Bytes become a Letter: the one door for everything that was received."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mailbox.mime.bodies import read_bodies
from mailbox.mime.calendars import read_invitation
from mailbox.mime.charset import decode
from mailbox.mime.dates import read_date
from mailbox.mime.fields import Fields, Header, read_header
from mailbox.mime.headers import read_addresses, read_id, read_ids
from mailbox.mime.letter import Invitation, Letter, Part
from mailbox.mime.limits import BAD_DATE, MANY_ADDRESSES, SEVERAL_SENDERS, Limits
from mailbox.mime.reports import read_report
from mailbox.mime.structure import Entity, Walk
from mailbox.mime.words import decode_words

VERSION = 1  # of what this reader makes of a letter: raised when letters in the mirror should be read anew
_USUAL = Limits()

Values = dict[str, list[str]]  # of each field, its name in lower case, in order


def read_letter(raw: bytes, limits: Limits = _USUAL, charset: str = "") -> Letter:
    """The whole letter. Never raises: what is broken is told in `damage`, what lies beyond the limits is left out. `charset`:
    read its texts so, whatever it says."""
    raw, header = _begin(raw, limits)
    walk = Walk(limits)
    root = walk.open(raw, header.fields, header.body, len(raw))
    for leaf in root.leaves() if charset else ():
        leaf.chosen = charset
    shown = read_bodies(root)
    leaves = list(root.leaves())
    letter = _facts(
        header,
        limits,
        text=shown.text,
        html=shown.html,
        parts=tuple(map(_part, leaves)),
        invitation=_invitation(leaves),
        report=read_report(leaves, limits),
    )
    return replace(letter, damage=tuple(dict.fromkeys((*letter.damage, *walk.damage)))) if walk.damage else letter


def read_headers(raw_header: bytes, limits: Limits = _USUAL) -> Letter:
    """What the header alone tells: no text, no parts. Never raises."""
    return _facts(_begin(raw_header, limits)[1], limits)


def _begin(raw: bytes, limits: Limits) -> tuple[bytes, Header]:
    if b"\n" not in raw:  # the line ends of an old Macintosh
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\r\n")) if raw[:1] in (b"\r", b"\n") else 0
    return raw, read_header(raw, start, len(raw), limits)


def _facts(header: Header, limits: Limits, **more: Any) -> Letter:
    values = _by_name(header.fields)
    date = read_date(_first(values, "date"))
    letter = Letter(
        subject=decode_words(_first(values, "subject")),
        senders=read_addresses(_first(values, "from"), limit=limits.addresses),
        to=read_addresses(_all(values, "to"), limit=limits.addresses),
        cc=read_addresses(_all(values, "cc"), limit=limits.addresses),
        bcc=read_addresses(_all(values, "bcc"), limit=limits.addresses),
        reply_to=read_addresses(_all(values, "reply-to"), limit=limits.addresses),
        date=date,
        message_id=read_id(_first(values, "message-id")),
        in_reply_to=read_ids(_first(values, "in-reply-to"), limits.references),
        references=read_ids(_first(values, "references"), limits.references),
        fields=tuple(header.fields),
        damage=header.damage,
        **more,
    )
    trouble = tuple(_trouble(letter, values, limits))
    return replace(letter, damage=header.damage + trouble) if trouble else letter


def _trouble(letter: Letter, values: Values, limits: Limits) -> Iterator[str]:
    if len(values.get("from", ())) > 1:
        yield SEVERAL_SENDERS
    if letter.date is None and "date" in values:
        yield BAD_DATE
    if max(map(len, (letter.to, letter.cc, letter.bcc, letter.reply_to))) >= limits.addresses:
        yield MANY_ADDRESSES


def _by_name(fields: Fields) -> Values:
    values: Values = {}
    for name, value in fields:
        values.setdefault(name.lower(), []).append(value)
    return values


def _first(values: Values, name: str) -> str:
    """Of a field that stands twice the first is shown, sorted by and searched, here and everywhere."""
    return values[name][0] if name in values else ""


def _all(values: Values, name: str) -> str:
    """Written twice, against RFC 5322 section 3.6, these fields mean all who are named."""
    return ",".join(values[name]) if name in values else ""


def _part(leaf: Entity) -> Part:
    return Part(
        path=leaf.path,
        content_type=leaf.content_type,
        name=leaf.name,
        size=leaf.size,
        content_id=leaf.content_id,
        disposition=leaf.disposition,
        charset=leaf.parameters.get("charset", "").lower(),
        encoded=leaf.encoded,
        encoding=leaf.encoding,
        role=leaf.role,
    )


def _invitation(leaves: list[Entity]) -> Invitation | None:
    calendar = next((leaf for leaf in leaves if leaf.content_type in ("text/calendar", "application/ics")), None)
    return read_invitation(decode(calendar.content(), calendar.parameters.get("charset", ""))) if calendar else None
