"""What a letter can be found by, before any table sees it. Pure.

Tokens carry no language. A run of Hangul, Kana or Han becomes overlapping pairs and its last character ("회의록을": 회의,
의록, 록을, 을), any other word stays whole. A word of a field stands twice: as itself and behind the field's mark.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from mailbox.mime.charset import decode
from mailbox.mime.letter import Address, Letter, Part
from mailbox.mime.text import html_to_text

logger = logging.getLogger(__name__)

MOST_TEXT = 64 * 1024  # characters of a letter's text that are found
MOST_OF_A_FIELD = 4000
LONGEST_WORD = 64  # the rest of a longer one does not count, here and in a query
FIELDS = ("subject", "from", "to", "cc", "filename")  # the lines of a Findable's text before the letter's own text
READABLE = ("text/plain", "text/csv", "text/markdown", "text/x-", "text/tab-separated-values", "text/calendar")
KINDS = {"application/pdf": "pdf", "image/": "image", "audio/": "audio", "video/": "video", "text/calendar": "invite"}

_WIDE = (
    "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u104f\u1100-\u11ff\u1780-\u17d3\u3005-\u3007\u3041-\u30fa\u30fc-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)  # scripts that put no space between words, or endings behind them without one
_RUN = re.compile(r"\w+")
_PIECE = re.compile(f"([{_WIDE}]+)|[^{_WIDE}]+")
_SIMPLE = re.compile("[ -~\uac00-\ud7a3\u4e00-\u9fff]*")  # letters that count as themselves
_MARKS = re.compile("[\u0300-\u036f]")
_END = "\0\0\0"


class _Folding(dict[int, str]):
    """What each character counts as: no case, no accent, no width; a joiner is nothing, a control character a gap."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", char.casefold())).casefold()
        if char == "_" or unicodedata.category(char) in {"Cc", "Cs"}:
            folded = " "
        elif unicodedata.category(char) == "Cf":
            folded = ""
        self[code] = unicodedata.normalize("NFC", folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as it is compared: NFD and NFC, upper and lower case, full and half width, with accents and without are one."""
    if text.isascii() or _SIMPLE.fullmatch(text):
        return text.lower().replace("_", " ")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_FOLDING))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text, folded, in order; and of each whether it is a run that is told by its pairs."""
    for run in _RUN.findall(fold(text)):
        if run.isascii():
            yield run[:LONGEST_WORD], False
        else:
            for found in _PIECE.finditer(run):
                yield (found[0], True) if found[1] else (found[0][:LONGEST_WORD], False)


def pairs(run: str) -> list[str]:
    """Every two neighbours."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


def tokens(text: str) -> set[str]:
    """What a text can be found by."""
    return set().union(*map(_tokens_of, set(_RUN.findall(fold(text)))))


@lru_cache(maxsize=8192)  # a language says most with few words
def _tokens_of(run: str) -> tuple[str, ...]:
    if run.isascii():
        return (run[:LONGEST_WORD],)
    found: list[str] = []
    for piece in _PIECE.finditer(run):
        found += [*pairs(piece[1]), piece[1][-1]] if piece[1] else [piece[0][:LONGEST_WORD]]
    return tuple(found)


def lexemes(words: Iterable[str]) -> bytes:
    """As PostgreSQL takes them in: each word with its NUL and no positions (two octets)."""
    return "".join([f"{word}{_END}" for word in words]).encode()


# --- One letter -------------------------------------------------------------------------------------------------------


class Findable(NamedTuple):
    """What can be found of a letter: its text (a line for each of FIELDS, then all else in one) and its tokens."""

    text: str
    lexemes: bytes

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(self.lexemes.decode().split(_END)[:-1])


def findable(letter: Letter) -> Findable:
    """Needs no table: call it outside the transaction. Whatever the letter is, it raises nothing."""
    try:
        return _findable(letter)
    except Exception:  # the reader promises decent values; a fault of ours must not stop the folder
        logger.exception("A letter cannot be made findable.")
        return Findable("\n" * len(FIELDS), b"")


def _findable(letter: Letter) -> Findable:
    attachments = letter.attachments
    lines = [
        plain(letter.subject, MOST_OF_A_FIELD),
        plain(_people(letter.senders), MOST_OF_A_FIELD),
        plain(_people((*letter.to, *letter.bcc)), MOST_OF_A_FIELD),
        plain(_people(letter.cc), MOST_OF_A_FIELD),
        plain(" ".join(part.name for part in attachments if part.name), MOST_OF_A_FIELD),
    ]
    text = plain(" ".join(_texts(letter, attachments)), MOST_TEXT)
    found = tokens(text) | set(_kinds(letter, attachments))
    for name, line in zip(FIELDS, lines, strict=True):
        words = tokens(line)
        found |= words | {f"{name}={word}" for word in words}
    return Findable("\n".join((*lines, text)), lexemes(sorted(found)))


def plain(text: str, limit: int) -> str:
    """One line that PostgreSQL takes: NFC, single blanks, no NUL, no lone surrogate."""
    line = " ".join(text[:limit].replace("\0", " ").split())
    return line if line.isascii() else unicodedata.normalize("NFC", line.encode(errors="replace").decode())


def _people(people: Iterable[Address]) -> str:
    return ", ".join(str(one) for one in people)


def _texts(letter: Letter, attachments: Sequence[Part]) -> Iterator[str]:
    """The letter's own text, then that of the files that are text, as much of it as counts."""
    own = letter.text if letter.text.strip() else html_to_text(letter.html, MOST_TEXT)
    yield own[:MOST_TEXT]
    left = MOST_TEXT - len(own)
    for part in attachments:
        if left > 0 and part.content_type.startswith(READABLE):
            text = _beginning(part, left)
            left -= len(text)
            yield text


def _beginning(part: Part, characters: int) -> str:
    """The first characters of a text, decoding no more of it than they need; four octets or base64 digits hold one."""
    return decode(replace(part, encoded=part.encoded[: 4 * characters]).content, part.charset)[:characters]


def _kinds(letter: Letter, attachments: Sequence[Part]) -> Iterator[str]:
    """What `has:` finds."""
    if attachments:
        yield "has=attachment"
    if letter.invitation:
        yield "has=invite"
    for part in attachments:
        yield from (f"has={kind}" for start, kind in KINDS.items() if part.content_type.startswith(start))
