"""Bytes become a Letter: the one door for everything that was received."""

from collections.abc import Sequence
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


def read_letter(raw: bytes, limits: Limits = _USUAL) -> Letter:
    """The whole letter. Never raises: what is broken is told in `damage`, what lies beyond the limits is left out."""
    raw, header = _begin(raw, limits)
    walk = Walk(limits)
    root = walk.open(raw, header.fields, header.body, len(raw))
    shown = read_bodies(root)
    leaves = list(root.leaves())
    return _letter(
        header,
        limits,
        text=shown.text,
        html=shown.html,
        parts=tuple(map(_part, leaves)),
        damage=walk.damage,
        invitation=_invitation(leaves),
        report=read_report(leaves, limits),
    )


def read_headers(raw_header: bytes, limits: Limits = _USUAL) -> Letter:
    """What the header alone tells: no text, no parts."""
    return _letter(_begin(raw_header, limits)[1], limits)


def _begin(raw: bytes, limits: Limits) -> tuple[bytes, Header]:
    if b"\n" not in raw:  # the line ends of an old Macintosh
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\r\n")) if raw[:1] in (b"\r", b"\n") else 0
    return raw, read_header(raw, start, len(raw), limits)


def _letter(header: Header, limits: Limits, *, damage: Sequence[str] = (), **body: Any) -> Letter:
    values = _by_name(header.fields)
    first = {name: found[0] for name, found in values.items()}
    people = {name: read_addresses(",".join(values.get(name, ())), limits.addresses) for name in ("to", "cc", "bcc", "reply-to")}
    senders = read_addresses(first.get("from", ""), limits.addresses)
    date = read_date(first.get("date", ""))
    trouble = {
        SEVERAL_SENDERS: len(values.get("from", ())) > 1,
        MANY_ADDRESSES: any(len(found) >= limits.addresses for found in people.values()),
        BAD_DATE: "date" in first and date is None,
    }
    return Letter(
        subject=decode_words(first.get("subject", "")),
        senders=senders,
        to=people["to"],
        cc=people["cc"],
        bcc=people["bcc"],
        reply_to=people["reply-to"],
        date=date,
        message_id=read_id(first.get("message-id", "")),
        in_reply_to=read_ids(first.get("in-reply-to", ""), limits.references),
        references=read_ids(first.get("references", ""), limits.references),
        headers=tuple((name, decode_words(value)) for name, value in header.fields),
        damage=tuple(dict.fromkeys([*header.damage, *(words for words, found in trouble.items() if found), *damage])),
        **body,
    )


def _by_name(fields: Fields) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name.lower(), []).append(value)
    return values


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
