"""The names of folders: modified UTF-7 (RFC 3501 section 5.1.3) on the wire, NFC Unicode for people."""

import re
import unicodedata
from base64 import b64decode, b64encode
from binascii import Error

from mailbox.imap.errors import BadArgument

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_BEYOND = re.compile(r"[^\x20-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# A server may send octets that are no UTF-8, or no text at all. They get code points of the private use area, so that
# every name has a text that a table can hold, two names never fall together, and the very octets can be said again.
_RAW = 0xEF00
_HAS_RAW = re.compile("[\uef00-\uefff]")


def decode(wire_name: str) -> str:
    """For people: NFC, control characters replaced. What is no modified UTF-7 stands as it is."""
    text = _SHIFTED.sub(lambda found: _unshift(found[1]) or found[0], wire_name)
    return unicodedata.normalize("NFC", _CONTROL.sub("\ufffd", text))


def encode(name: str) -> str:
    """For the wire, of a name as a person wrote it; raises BadArgument for control characters."""
    if _CONTROL.search(name):
        raise BadArgument("The name of a folder cannot hold control characters.")
    text = unicodedata.normalize("NFC", name).replace("&", "&-")
    return _BEYOND.sub(lambda found: shift(found[0]), text)


def wire_text(octets: bytes) -> str:
    """The name as LIST gave it, as a text that wire_octets() turns back into the same octets."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return _raw_text(octets)
    return _raw_text(octets) if _HAS_RAW.search(text) or _CONTROL.search(text) else text


def wire_octets(text: str) -> bytes:
    if not _HAS_RAW.search(text):
        return text.encode()
    return bytes(ord(char) & 0xFF for char in text)


def _raw_text(octets: bytes) -> str:
    return "".join(chr(octet if 0x20 <= octet < 0x7F else _RAW + octet) for octet in octets)


def _unshift(shifted: str) -> str | None:
    """`&-` is an ampersand; otherwise BASE64 of UTF-16BE with `,` for `/` and no padding. None: it is neither."""
    if not shifted:
        return "&"
    try:
        octets = b64decode(shifted.replace(",", "/") + "=" * (-len(shifted) % 4), validate=True)
    except Error:
        return None
    return octets.decode("utf-16-be", "replace") if len(octets) % 2 == 0 else None


def shift(text: str) -> str:
    return "&" + b64encode(text.encode("utf-16-be", "replace")).decode().rstrip("=").replace("/", ",") + "-"
