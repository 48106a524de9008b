"""The header of a letter or a part: bytes become fields, and the place where the body begins (RFC 5322 section 2.2)."""

import re
from dataclasses import dataclass

from mailbox.mime.charset import decode_raw
from mailbox.mime.limits import JUNK_IN_HEADER, LONG_HEADER, NO_BLANK_LINE, NO_HEADER, Limits

Fields = list[tuple[str, str]]  # name as written; value in one line, its encoded words not decoded

_END = re.compile(rb"\n\r?\n")
# Either a field with its folded lines, or a line that is none.
_LINE = re.compile(r"^(?:([!-9;-~]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)|([^\n]++))", re.MULTILINE)
_BLANKS = " \t\r"  # and no others: this is not text yet, \x85 and \xa0 are halves of characters
_MBOX = re.compile(r">?From ")
_CHARSET = re.compile(r"charset\*?=[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    fields: Fields
    body: int  # where the body begins
    damage: tuple[str, ...] = ()


def read_header(raw: bytes, start: int, stop: int, limits: Limits) -> Header:
    """The header that begins at `start`; it ends at the first empty line, or after its last field. Never raises."""
    end, body = _bounds(raw, start, stop)
    block = raw[start : min(end, start + limits.header_bytes)].removesuffix(b"\r")  # of the last line's CRLF
    damage: tuple[str, ...] = ()
    if end - start > limits.header_bytes or block.count(b"\n") > limits.header_lines:
        block = _cut(block, limits.header_lines)
        damage = (LONG_HEADER,)
    text = block.decode("latin-1")
    fields, junk = _fields(text)
    if junk and not fields:
        return Header([], start, (*damage, NO_HEADER))
    if junk and (torn := _torn(text)) < 0:
        damage = (*damage, JUNK_IN_HEADER)
    elif junk:
        fields, body, damage = _fields(text[:torn])[0], start + torn, (*damage, NO_BLANK_LINE)
    as_it_is = text.isascii() and "\x1b$" not in text  # ISO-2022 is ASCII too, and escapes from it
    return Header(fields if as_it_is else _unlabelled(fields), body, damage)


def _bounds(raw: bytes, start: int, stop: int) -> tuple[int, int]:
    """Where the header ends and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, stop):
        return start, raw.index(b"\n", start, stop) + 1
    end = _END.search(raw, start, stop)
    return (end.start(), end.end()) if end else (stop, stop)


def _cut(block: bytes, lines: int) -> bytes:
    """Whole lines only, unless all of it is one line."""
    kept = b"\n".join(block.split(b"\n", lines)[:lines])
    return kept if len(kept) < len(block) else block[: block.rfind(b"\n") + 1] or block


def _fields(text: str) -> tuple[Fields, bool]:
    """The fields, and whether there was anything else."""
    fields: Fields = []
    junk = False
    for name, value, other in _LINE.findall(text.replace("\r\n", "\n")):
        if not name:
            junk = junk or not _MBOX.match(other)
            continue
        if "\n" in value:
            value = " ".join([line.strip(_BLANKS) for line in value.split("\n")])
        fields.append((name, value))
    return fields, junk


def _torn(text: str) -> int:
    """Where the body begins because its empty line was forgotten: after the last field, or after the last one before a
    delimiter, which is no field and the fields behind it are a part's. -1 if all junk lies between fields."""
    end, junk = -1, False
    for line in _LINE.finditer(text):
        if line[1]:
            end, junk = line.end() + 1, False
        elif line[3].startswith("--"):
            return end
        else:
            junk = True
    return end if junk else -1


def _unlabelled(fields: Fields) -> Fields:
    """Values that came without encoded words, in the charset that is likeliest."""
    hint = next((value for name, value in fields if name.lower() == "content-type"), "")
    declared = _CHARSET.search(hint)
    charset = declared[1] if declared else ""
    return [(name, decode_raw(value.encode("latin-1"), charset)) for name, value in fields]
