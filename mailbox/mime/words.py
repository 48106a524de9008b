"""Encoded words (RFC 2047): the way characters travel in a header."""

import binascii
import unicodedata
from collections.abc import Iterator

from mailbox.mime.charset import decode
from mailbox.mime.transfer import decode_base64

Word = tuple[str, str, str]  # charset, encoding "B" or "Q", text
_LONGEST_CHARSET = 64
_NO_ROOM = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def decode_words(text: str) -> str:
    """A header's value as one line for people: words decoded, control characters made blanks, NFC. Linear in its length."""
    if "=?" in text:
        text = "".join(_decoded(text))
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
    pending: list[Word] = []
    plain = 0  # where the text that is no word begins
    for start, end, word in _words(text):
        between = text[plain:start]
        neighbours = bool(pending) and not between.strip()
        if pending and not (neighbours and word[0] == pending[0][0]):
            yield decode(_join(pending), pending[0][0])
            pending = []
        if not neighbours:
            yield between
        pending.append(word)
        plain = end
    if pending:
        yield decode(_join(pending), pending[0][0])
    yield text[plain:]


def _words(text: str) -> Iterator[tuple[int, int, Word]]:
    """(start, end, word) of each `=?charset?encoding?text?=`; looks at every character at most twice."""
    start = text.find("=?")
    while start >= 0:
        mark = text.find("?", start + 2, start + 2 + _LONGEST_CHARSET)
        if (
            mark > start + 2
            and " " not in text[start:mark]
            and text[mark + 1 : mark + 2] in "bBqQ"
            and text[mark + 2 : mark + 3] == "?"
        ):
            end = text.find("?=", mark + 3)
            if end < 0:
                return
            charset = text[start + 2 : mark].partition("*")[0].lower()  # RFC 2231 section 5: a language may follow
            yield start, end + 2, (charset, text[mark + 1].upper(), text[mark + 3 : end])
            start = text.find("=?", end + 2)
        else:
            start = text.find("=?", start + 2)


def _join(words: list[Word]) -> bytes:
    joined = []
    digits = ""
    for _, encoding, text in words:
        if encoding == "Q":
            joined.append(binascii.a2b_qp(text.encode("utf-8", "replace"), header=True))
            continue
        digits += text
        # Five digits are no whole bytes: the seam runs through the base64 itself and the next word goes on.
        if len(digits) % 4 != 1:
            joined.append(decode_base64(digits.encode("ascii", "replace")))
            digits = ""
    return b"".join(joined) + decode_base64(digits.encode("ascii", "replace"))
