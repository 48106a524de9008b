"""Files in the middle of a text, as they were sent before MIME: uuencode (POSIX) and yEnc. Text that only looks like one stays.

begin 644 name          =ybegin line=128 size=584 name=name
M5&AE(...                (octets)
end                     =yend size=584
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mailbox.mime.charset import decode_raw
from mailbox.mime.parameters import file_name

_UU = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n((?:[ -`][ -`]*+\r?\n)*?)[` ]?[ \t]*+(?:\r?\n)?end[ \t]*+(?:\r?\n|\Z)", re.MULTILINE
)
_Y = re.compile(
    rb"^=ybegin [^\r\n]{0,200}?size=\d{1,12}[^\r\n]{0,80}? name=([^\r\n]{1,255})\r?\n(?:=ypart [^\r\n]*+\r?\n)?", re.MULTILINE
)
_Y_END = re.compile(rb"^=yend [^\r\n]*+(?:\r?\n|\Z)", re.MULTILINE)
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_SHIFTED = bytes((octet - 42) % 256 for octet in range(256))
_FILES = 100


@dataclass(frozen=True, slots=True)
class Inserted:
    name: str
    content: bytes


Found = tuple[int, int, Inserted]  # where it begins and ends in the text


def take_out(content: bytes) -> tuple[bytes, list[Inserted]]:
    """The text without the files in it, and the files. Never raises."""
    files: list[Inserted] = []
    if b"begin " in content:
        content = b"".join(_without(content, _uu_files(content), files))
    if b"=ybegin " in content:
        content = b"".join(_without(content, _yenc_files(content), files))
    return content, files


def _without(content: bytes, found: Iterator[Found], files: list[Inserted]) -> Iterator[bytes]:
    end = 0
    for start, stop, file in islice(found, _FILES):
        files.append(file)
        yield content[end:start]
        end = stop
    yield content[end:]


def _uu_files(content: bytes) -> Iterator[Found]:
    for found in _UU.finditer(content):
        if file := _uu(found):
            yield found.start(), found.end(), file


def _yenc_files(content: bytes) -> Iterator[Found]:
    begin, end = _Y.search(content), None
    while begin and (end := _Y_END.search(content, begin.end())):
        name = file_name(decode_raw(begin[1].strip()))
        yield begin.start(), end.end(), Inserted(name, _yenc(content[begin.end() : end.start()]))
        begin = _Y.search(content, end.end())


def _uu(found: re.Match[bytes]) -> Inserted | None:
    """None for prose: each line must be as long as its first character says."""
    pieces = []
    for line in found[2].splitlines():
        line = line.rstrip(b"\r")
        length = (line[0] - 32) & 63
        digits = -(-length // 3) * 4
        if not digits <= len(line[1:].ljust(digits)) <= digits + 2:  # some leave blanks out, some add a checksum
            return None
        try:
            pieces.append(binascii.a2b_uu(line[: digits + 1]))
        except binascii.Error:
            return None
    return Inserted(file_name(decode_raw(found[1].strip())), b"".join(pieces)) if pieces else None


def _yenc(lines: bytes) -> bytes:
    data = lines.replace(b"\r", b"").replace(b"\n", b"")
    return _Y_ESCAPE.sub(lambda escape: bytes([(escape[1][0] - 64) % 256]), data).translate(_SHIFTED)
