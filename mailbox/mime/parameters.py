"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045 section 5, RFC 2183, RFC 2231)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from urllib.parse import unquote_to_bytes

from mailbox.mime.charset import codec_of, decode, decode_raw
from mailbox.mime.words import decode_words, one_line

# `; name=value`. Blanks alone may part two parameters too. Nothing in it can be matched twice: linear on any input.
_PARAMETER = re.compile(r'(?:;\s*+|(?<=\S)\s++)([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;]*+)', re.DOTALL)
_PIECE = re.compile(r"([^*]+)\*(\d{1,9})?(\*)?")
_ESCAPED = re.compile(r'\\(["\\])')  # not every backslash: Windows paths come unescaped
_COMMENT = re.compile(r"\([^()\"]*+\)")
_LONGEST_NAME = 255
_USUAL = 60

Value = tuple[str, Mapping[str, str]]
Pieces = list[tuple[int, bool, str]]  # number, percent-encoded?, text


def read_value(text: str) -> Value:
    """The value in lower case and its parameters, names in lower case, RFC 2231 undone; the first of a name counts."""
    return _usual_value(text) if len(text) < _USUAL else _value(text)


@lru_cache(maxsize=256)
def _usual_value(text: str) -> Value:
    """Every letter says `text/plain; charset=utf-8` again."""
    return _value(text)


def _value(text: str) -> Value:
    end = text.find(";")
    value = text if end < 0 else text[:end]
    parameters: dict[str, str] = {}
    if "=" in text:
        found = _PARAMETER.findall(text)
        value = _before(value, found)
        parameters = _gather(found)
    if "(" in value:
        value = _COMMENT.sub("", value)
    return value.strip().lower(), parameters


def _before(value: str, found: list[tuple[str, str]]) -> str:
    """`text/plain charset=x`: the semicolon was forgotten."""
    return value.split(None, 1)[0] if found and "=" in value and value.strip() else value


def _gather(found: list[tuple[str, str]]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    pieces: dict[str, Pieces] = {}
    for name, raw in found:
        name, text = name.lower(), _unquoted(raw)
        if "*" in name and (piece := _PIECE.fullmatch(name)):
            pieces.setdefault(piece[1], []).append((int(piece[2] or 0), bool(piece[3]) or piece[2] is None, text))
        else:
            parameters.setdefault(name, text)
    # The extended form is the better one where both stand (RFC 6266 says so of the same syntax).
    return {name: _worded(name, text) for name, text in parameters.items()} | {
        name: _joined(name, pieces[name]) for name in pieces
    }


def _worded(name: str, text: str) -> str:
    """RFC 2047 section 5 forbids encoded words here, and most mailers write file names with them."""
    return decode_words(text) if name in ("name", "filename") else text


def _unquoted(raw: str) -> str:
    if raw[:1] != '"':
        return raw.strip()
    raw = raw[1:-1] if raw[-1] == '"' and len(raw) > 1 else raw[1:]
    return _ESCAPED.sub(r"\1", raw) if "\\" in raw else raw


def _joined(name: str, pieces: Pieces) -> str:
    """RFC 2231 section 3 and 4: pieces in any order, charset'language' before the first, each percent-encoded or plain."""
    pieces.sort(key=lambda piece: piece[0])
    if not any(encoded for _, encoded, _ in pieces):
        return _worded(name, "".join(text for _, _, text in pieces))
    charset, rest = _head(pieces[0][2])
    pieces[0] = (0, pieces[0][1], rest)
    # Neighbours are put together first: some mailers cut within a %XX.
    runs = (("".join(piece[2] for piece in run), encoded) for encoded, run in groupby(pieces, key=lambda piece: piece[1]))
    raw = b"".join(unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace") for text, encoded in runs)
    return decode(raw, charset) if codec_of(charset) else decode_raw(raw)


def _head(text: str) -> tuple[str, str]:
    """The charset and what follows the language."""
    pieces = text.split("'", 2)
    return (pieces[0], pieces[2]) if len(pieces) == 3 else ("", text)


def file_name(text: str) -> str:
    """A name to show and to save under: no folder, no control character, at most 255 characters with its ending kept."""
    name = re.split(r"[/\\]", one_line(text))[-1].strip().rstrip(". ") if text else ""
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return name[:_LONGEST_NAME] if not dot or len(ending) > 20 else f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
