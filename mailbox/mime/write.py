"""A letter becomes bytes, once: 7-bit clean, CRLF, lines of at most 998 octets. Nobody serialises it again after that."""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from uuid import uuid4

from mailbox.mime.encode import CRLF, Unwritable, address_words, checked, folded, old_parameter, parameter, text_words
from mailbox.mime.headers import ascii_domain
from mailbox.mime.letter import Address

__all__ = ["Attachment", "Unwritable", "bcc_header", "new_message_id", "write_letter"]

_LINE, _LONGEST_LINE = 78, 998  # RFC 5322 section 2.1.1: should and must
_REFERENCES = 20  # beside the first, which began the conversation
_ID = re.compile(r"[!-;=?-~]{1,900}")
_TYPE = re.compile(r"[a-z0-9][\w!#$&^.+-]{0,126}/[a-z0-9][\w!#$&^.+-]{0,126}", re.ASCII | re.IGNORECASE)
_ASCII = bytes(range(128))
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
# What must be encoded to arrive as it is: blanks at a line's end, "From " (mbox), control characters.
_DELICATE = re.compile(r"[ \t]$|^From |[^\n\t -~]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send. `content_type` as the browser gave it; what is none is sent as application/octet-stream."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


def write_letter(
    *,
    sender: Address,
    to: Sequence[Address] = (),
    cc: Sequence[Address] = (),
    subject: str = "",
    text: str = "",
    html: str = "",
    calendar: str = "",
    date: datetime,
    message_id: str,
    in_reply_to: str = "",
    references: Sequence[str] = (),
    pictures: Mapping[str, Attachment] | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: Sequence[Address] = (),
) -> bytes:
    """The letter as it goes over the wire, never with a Bcc. Message-IDs come without brackets; `date` is aware; `html`, if
    any, is a whole document that says the same as `text` (RFC 2046 section 5.1.4); `pictures`, by Content-ID, are those that
    it shows (RFC 2392, RFC 2387); `calendar` is the answer to an invitation (RFC 6047).

    Raises Unwritable, a ValueError with one plain sentence, for what cannot stand in a letter.
    """
    fields = [
        folded("Date", [format_datetime(date)]),
        folded("From", address_words("sender", [sender])),
        _people("To", "recipients", to) or ("" if cc else folded("To", ["undisclosed-recipients:;"])),
        _people("Cc", "copies", cc),
        _people("Reply-To", "reply address", reply_to),
        folded("Subject", text_words("subject", "Subject", subject)),
        folded("Message-ID", _ids("Message-ID", [message_id], required=True)),
        _id_field("In-Reply-To", [in_reply_to]),
        _id_field("References", _trimmed(references)),
        folded("MIME-Version", ["1.0"]),
    ]
    body = _alternatives(text, html, calendar, pictures or {})
    if attachments:
        body = _multipart("mixed", [body, *map(_attached, attachments)])
    return "".join(fields).encode() + body  # an address beyond ASCII stands there as it is (RFC 6532); all else is encoded


def _alternatives(text: str, html: str, calendar: str, pictures: Mapping[str, Attachment]) -> bytes:
    """The same thing said in several ways, the richest last."""
    ways = [text_part(text)]
    if html:
        ways.append(_with_pictures(text_part(html, "html"), pictures))
    if calendar:
        ways.append(_part("text/calendar; charset=utf-8; method=REPLY", "base64", _base64(calendar.encode())))
    return _multipart("alternative", ways) if len(ways) > 1 else ways[0]


def bcc_header(addresses: Iterable[Address]) -> str:
    """The field for the copy in Sent (RFC 5322 section 3.6.3), with its line break, to stand before the letter; '' if none."""
    words = address_words("blind copies", addresses)
    return folded("Bcc", words) if words else ""


def new_message_id(domain: str) -> str:
    """A Message-ID that nobody else has, without brackets. Raises ValueError if `domain` is none."""
    return f"{uuid4()}@{ascii_domain(domain)}"


def _people(name: str, field: str, people: Sequence[Address]) -> str:
    return folded(name, address_words(field, people)) if people else ""


def _id_field(name: str, ids: Sequence[str]) -> str:
    words = _ids(name, [one for one in ids if one])
    return folded(name, words) if words else ""


def _ids(name: str, ids: Sequence[str], *, required: bool = False) -> list[str]:
    """In their brackets. Those of received letters may be anything: what cannot be written is left out."""
    sound = [one for one in ids if _ID.fullmatch(checked(name, one))]
    if required and not sound:
        raise Unwritable(name, f"The {name} is not one.")
    return [f"<{one}>" for one in sound]


def _trimmed(references: Sequence[str]) -> Sequence[str]:
    """RFC 5322 section 3.6.4 lets the list grow without end; the first and the last join every conversation."""
    return references if len(references) <= _REFERENCES + 1 else [references[0], *references[-_REFERENCES:]]


def text_part(text: str, subtype: str = "plain") -> bytes:
    content_type = f"text/{subtype}; charset=utf-8"
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = lines if lines.endswith("\n") else f"{lines}\n"
    if max(map(len, lines.split("\n"))) <= _LINE and not _DELICATE.search(lines):
        return _part(content_type, "7bit", lines.replace("\n", CRLF).encode("ascii"))
    data = lines.encode("utf-8", "replace")
    if _HANGUL.search(lines) or len(data.translate(None, _ASCII)) * 6 > len(data):
        return _part(content_type, "base64", _base64(data.replace(b"\n", b"\r\n")))
    return _part(content_type, "quoted-printable", _quoted_printable(data))


def _part(content_type: str, encoding: str, content: bytes, *more: str) -> bytes:
    fields = [f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *more]
    return (CRLF.join(fields) + CRLF * 2).encode("ascii") + content


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _quoted_printable(content: bytes) -> bytes:
    encoded = binascii.b2a_qp(content, istext=True)
    return re.sub(rb"^From ", b"=46rom ", encoded, flags=re.MULTILINE).replace(b"\n", b"\r\n")


def _multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"=_{secrets.token_hex(16)}"  # occurs in no base64 and no quoted-printable, and nobody can foresee it
    delimiter = f"--{boundary}{CRLF}".encode()
    body = b"".join(delimiter + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF * 2}'
    return head.encode() + body + f"--{boundary}--{CRLF}".encode()


def _with_pictures(html: bytes, pictures: Mapping[str, Attachment]) -> bytes:
    if not pictures:
        return html
    return _multipart('related; type="text/html"', [html, *(_shown(*one) for one in pictures.items())])


def _shown(content_id: str, picture: Attachment) -> bytes:
    name = checked("attachment's name", picture.name)
    more = [f"Content-ID: <{content_id}>", _disposition(name, "inline")]
    return _part(_named(checked("attachment's type", picture.content_type), name), "base64", _base64(picture.content), *more)


def _attached(attachment: Attachment) -> bytes:
    name = re.split(r"[/\\]", checked("attachment's name", attachment.name))[-1]
    content_type = checked("attachment's type", attachment.content_type).lower()
    if content_type == "message/rfc822" and (letter := _as_it_is(attachment.content)):
        return _part(content_type, "7bit", letter, _disposition(name))
    if not _TYPE.fullmatch(content_type) or content_type.startswith(("multipart/", "message/")):
        content_type = "application/octet-stream"
    return _part(_named(content_type, name), "base64", _base64(attachment.content), _disposition(name))


def _as_it_is(letter: bytes) -> bytes:
    """A letter within a letter may not be encoded (RFC 2046 section 5.2.1); nothing if it would not survive that."""
    letter = letter.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not letter.isascii() or b"\0" in letter or max(map(len, letter.split(b"\n"))) > _LONGEST_LINE:
        return b""
    return letter.replace(b"\n", b"\r\n")


def _named(content_type: str, name: str) -> str:
    """RFC 2231 stands in Content-Disposition; here the name is spelt for programs that look nowhere else."""
    return f"{content_type};{CRLF} {old_parameter('name', name)}" if name else content_type


def _disposition(name: str, kind: str = "attachment") -> str:
    return f";{CRLF} ".join([f"Content-Disposition: {kind}", *(parameter("filename", name) if name else [])])
