"""A delivery report of our own becomes bytes (RFC 3464): what a person reads of a letter that did not arrive."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from mailbox.mime.encode import CRLF, address_words, folded, text_words
from mailbox.mime.headers import ascii_domain
from mailbox.mime.letter import Address, ReportedFate
from mailbox.mime.write import text_part

MOST_HEADER = 65536  # octets of the returned header


@dataclass(frozen=True, slots=True)
class Envelope:
    """Of the report itself. `about` is the Message-ID of the letter that it is about, without brackets."""

    sender: Address
    to: Address
    subject: str
    date: datetime
    message_id: str
    about: str


@dataclass(frozen=True, slots=True)
class Facts:
    """`host` is who reports, `arrived` when the letter came to it, `until` how long it goes on trying (None: no longer)."""

    host: str
    arrived: datetime
    fates: Sequence[ReportedFate]
    until: datetime | None = None


def write_report(envelope: Envelope, text: str, facts: Facts, header: bytes) -> bytes:
    """multipart/report with `text` for the person, the facts for programs, and the `header` of the letter."""
    boundary = f"=_{secrets.token_hex(16)}"
    fields = [
        "Return-Path: <>\r\n",  # so that nothing answers it (RFC 3464 section 2)
        folded("Date", [format_datetime(envelope.date)]),
        folded("From", address_words("sender", [envelope.sender])),
        folded("To", address_words("recipients", [envelope.to])),
        folded("Subject", text_words("subject", "Subject", envelope.subject)),
        folded("Message-ID", [f"<{envelope.message_id}>"]),
        folded("In-Reply-To", [f"<{envelope.about}>"]),
        folded("References", [f"<{envelope.about}>"]),
        "Auto-Submitted: auto-replied\r\n",
        "MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="{boundary}"\r\n\r\n',
    ]
    parts = [
        text_part(text),
        _part("message/delivery-status", CRLF.join(_status(facts)).encode("ascii")),
        _part("text/rfc822-headers", _returned(header)),
    ]
    delimiter = f"--{boundary}{CRLF}".encode()
    body = b"".join(delimiter + part + b"\r\n" for part in parts)
    return "".join(fields).encode("ascii") + body + f"--{boundary}--{CRLF}".encode()


def _part(content_type: str, content: bytes) -> bytes:
    return f"Content-Type: {content_type}{CRLF * 2}".encode() + content


def _status(facts: Facts) -> list[str]:
    """Sections 2.2 and 2.3: a group for the letter, one for each addressee."""
    lines = [f"Reporting-MTA: dns; {_word(facts.host)}", f"Arrival-Date: {format_datetime(facts.arrived)}", ""]
    for fate in facts.fates:
        lines += [f"Final-Recipient: {_typed(fate.recipient)}", f"Action: {fate.action}", f"Status: {fate.status}"]
        lines += [f"Remote-MTA: dns; {_word(fate.host)}"] if fate.host else []
        lines += [f"Diagnostic-Code: smtp; {_word(fate.diagnostic)}"] if fate.diagnostic else []
        lines += [f"Will-Retry-Until: {format_datetime(facts.until)}"] if facts.until else []
        lines.append("")
    return lines


def _typed(address: str) -> str:
    """A local part that is not ASCII needs a type of its own (RFC 6533 section 3)."""
    local, _, domain = address.rpartition("@")
    if local.isascii():
        return f"rfc822; {_word(local)}@{ascii_domain(domain)}"
    escaped = "".join(char if char.isascii() else f"\\x{{{ord(char):X}}}" for char in local)
    return f"utf-8; {_word(escaped)}@{ascii_domain(domain)}"


def _word(text: str) -> str:
    """On one line, in ASCII, short enough for one."""
    plain = " ".join(text.split()).encode("ascii", "replace").decode()
    return re.sub(r"[^ -~]", "?", plain)[:900]


def _returned(header: bytes) -> bytes:
    """Whole lines of the header as it went out."""
    if len(header) > MOST_HEADER:
        header = header[: header.rfind(b"\r\n", 0, MOST_HEADER) + 2]
    return header.rstrip(b"\r\n") + b"\r\n"
