"""Header values made fit to travel: 7-bit, folded, and never more fields than were meant (RFC 5322, RFC 2047, RFC 2231)."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

from mailbox.mime.headers import ascii_domain, is_address
from mailbox.mime.letter import Address

CRLF = "\r\n"
LINE = 76  # RFC 2047 section 2; RFC 5322 only wishes for 78
_WORD = 75
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_Q_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/ ")  # RFC 2047 section 5 (3)
_LONGEST_QUOTED = 60


class Unwritable(ValueError):
    """What was given cannot stand in a letter; the text is one plain sentence, `field` says where it was given."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def checked(field: str, text: str) -> str:
    """The text with tabs as blanks. Raises Unwritable for anything that ends a line or cannot be shown."""
    if _UNSAFE.search(text):
        raise Unwritable(field, f"The {field} holds a line break or another character that cannot be sent.")
    return text.replace("\t", " ").strip()


def folded(name: str, words: Iterable[str]) -> str:
    """One field, broken between its words where a line would be longer than 76 characters."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= LINE or lines[-1].endswith(":"):
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return CRLF.join(lines) + CRLF


def text_words(field: str, name: str, text: str) -> list[str]:
    """An unstructured value, such as a subject, as the words between which it may be broken."""
    text = checked(field, text)
    room = LINE - len(name) - 2
    if text.isascii() and "=?" not in text and (len(text) <= room or _breakable(text)):
        return text.split(" ")
    return encoded_words(text, room)


def _breakable(text: str) -> bool:
    return "  " not in text and max(map(len, text.split(" "))) < _LONGEST_QUOTED


def encoded_words(text: str, room: int = _WORD) -> list[str]:
    """RFC 2047 words of at most 75 characters, the first of at most `room`; no character is cut in two."""
    data = text.encode()
    encode = _q_word if sum(byte not in _Q_SAFE for byte in data) * 6 < len(data) else _b_word
    words, piece = [], ""
    for character in text:
        if piece and len(encode(piece + character)) > room:
            words.append(encode(piece))
            piece, room = "", _WORD
        piece += character
    return [*words, encode(piece)]


def _b_word(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _q_word(text: str) -> str:
    return f"=?utf-8?Q?{''.join(_q_byte(byte) for byte in text.encode())}?="


def _q_byte(byte: int) -> str:
    return "_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}"


def address_words(field: str, people: Iterable[Address]) -> list[str]:
    """A list of mailboxes as the words between which it may be broken. Raises Unwritable for what is no address."""
    words: list[str] = []
    for person in people:
        if words:
            words[-1] += ","
        words += _mailbox_words(field, person)
    return words


def _mailbox_words(field: str, person: Address) -> list[str]:
    if not is_address(person.address):
        raise Unwritable(field, f"“{person.address[:80]}” is not an e-mail address.")
    local, _, domain = person.address.rpartition("@")
    address = f"{local}@{ascii_domain(domain)}"
    name = checked(field, person.name)
    return [*_phrase(name), f"<{address}>"] if name else [address]


def _phrase(name: str) -> list[str]:
    if not name.isascii() or "=?" in name or len(name) > _LONGEST_QUOTED:
        return encoded_words(name, _LONGEST_QUOTED)
    if _ATOMS.fullmatch(name):
        return name.split(" ")
    return ['"' + re.sub(r'(["\\])', r"\\\1", name) + '"']


def parameter(name: str, value: str) -> list[str]:
    """`name="value"`, or RFC 2231 pieces where that does not do: each short enough for a line of its own."""
    if value.isascii() and len(value) <= _LONGEST_QUOTED and "=?" not in value:
        return [f'{name}="' + re.sub(r'(["\\])', r"\\\1", value) + '"']
    pieces, piece = [], ""
    for character in value:
        encoded = quote(character, safe="")
        if len(piece) + len(encoded) > LINE - len(name) - 16:
            pieces.append(piece)
            piece = ""
        piece += encoded
    pieces.append(piece)
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return [f"{name}*={pieces[0]}"]
    return [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces)]


def old_parameter(name: str, value: str) -> str:
    """The same for programs that never learnt RFC 2231: encoded words within quotes, as most mailers write them."""
    if len(plain := parameter(name, value)) == 1 and '"' in plain[0]:
        return plain[0]
    return f'{name}="{f"{CRLF} ".join(encoded_words(value, LINE - len(name) - 4))}"'
