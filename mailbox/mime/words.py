"""Encoded words (RFC 2047): the way characters travel in a header."""

import binascii
import re
import unicodedata
from collections.abc import Iterator

from mailbox.mime.charset import decode
from mailbox.mime.transfer import decode_base64

Word = tuple[str, str]  # "B" or "Q", text
# RFC 2231 section 5: a language may follow the charset.
_WORD = re.compile(r"=\?([^?\s*]{1,64}+)(?:\*[^?\s]{0,64}+)?\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_NO_ROOM = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def decode_words(text: str) -> str:
    """A header's value as one line for people: words decoded, control characters made blanks, NFC. Linear in its length."""
    if "=?" in text:
        text = "".join(_decoded(text))
    elif text.isascii() and text.isprintable():
        return text.strip()
    return one_line(text)


def one_line(text: str) -> str:
    """No line break, no control character, no lone surrogate; Hangul that came decomposed (macOS) is composed."""
    if not text.isprintable():
        text = text.translate(_NO_ROOM)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.strip()


def _decoded(text: str) -> Iterator[str]:
    """Blanks between two encoded words do not count (section 6.2), and a character may be cut in two by the seam, though
    it must not (section 5): so bytes of neighbours in one charset are joined before they are decoded."""
    end = text.rfind("?=") + 2  # no word begins after it, so every one that begins finds its end at once
    pieces = _WORD.split(text[:end])
    pending: list[Word] = []
    charset = ""
    for at in range(1, len(pieces), 4):
        between, label, encoding, word = pieces[at - 1 : at + 3]
        neighbours = bool(pending) and not between.strip()
        if pending and not (neighbours and label.lower() == charset):
            yield decode(_join(pending), charset)
            pending = []
        if not neighbours:
            yield between
        charset = label.lower()
        pending.append((encoding, word))
    if pending:
        yield decode(_join(pending), charset)
    yield pieces[-1] + text[end:]


def _join(words: list[Word]) -> bytes:
    joined = []
    digits = ""
    for encoding, text in words:
        if encoding in "Qq":
            joined.append(binascii.a2b_qp(text.encode("utf-8", "replace"), header=True))
            continue
        digits += text
        # Five digits are no whole bytes: the seam runs through the base64 itself and the next word goes on.
        if len(digits) % 4 != 1:
            joined.append(_base64(digits))
            digits = ""
    return b"".join(joined) + _base64(digits)


def _base64(digits: str) -> bytes:
    try:
        return binascii.a2b_base64(digits)
    except ValueError:  # badly padded, or not even ASCII
        return decode_base64(digits.encode("ascii", "replace"))
