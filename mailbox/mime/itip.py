"""The answer to an invitation, as its organizer's calendar reads it (iTIP REPLY, RFC 5546 section 3.2.3)."""

import re
from datetime import UTC, date, datetime

from mailbox.mime.letter import Address, Invitation

ANSWERS = ("accepted", "tentative", "declined")
PRODUCT = "-//Relish//Webmail//EN"
_OCTETS = 75  # of a line, RFC 5545 section 3.1
_SPECIAL = re.compile(r"([\\;,])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def reply(invitation: Invitation, who: Address, answer: str, stamp: datetime) -> str:
    """A calendar file with CRLF. `who` must be one of the guests, `stamp` is aware."""
    organizer = invitation.organizer or Address("", "")
    lines = [
        "BEGIN:VCALENDAR",
        f"PRODID:{PRODUCT}",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{_text(invitation.uid)}",
        f"SEQUENCE:{invitation.sequence}",
        f"DTSTAMP:{_moment(stamp)}",
        *([f"DTSTART{_start(invitation.start)}"] if invitation.start else []),
        *([f"SUMMARY:{_text(invitation.summary)}"] if invitation.summary else []),
        f"ORGANIZER:mailto:{_plain(organizer.address)}",
        f"ATTENDEE;PARTSTAT={answer.upper()}{_called(who)}:mailto:{_plain(who.address)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _start(start: datetime | date) -> str:
    if not isinstance(start, datetime):
        return f";VALUE=DATE:{start:%Y%m%d}"
    return f":{_moment(start)}" if start.tzinfo else f":{start:%Y%m%dT%H%M%S}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", _plain(value))


def _plain(value: str) -> str:
    """A value on one line, whatever the invitation held."""
    return _CONTROL.sub(" ", value)


def _called(who: Address) -> str:
    name = _plain(who.name).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _folded(line: str) -> str:
    """By octets, never within a character."""
    pieces, piece = list[str](), ""
    for char in line:
        if len((piece + char).encode()) > _OCTETS - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += char
    return "\r\n ".join([*pieces, piece])
