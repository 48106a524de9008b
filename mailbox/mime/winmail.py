"""winmail.dat: the files that Outlook packs into one of its own (TNEF, [MS-OXTNEF]).

A stream is a signature, a key, and attributes: level (1 octet), id (4), length (4), the data, a checksum (2). All numbers
are little-endian. A file begins with attAttachRenddata; its long name stands among the MAPI properties of attAttachment.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mailbox.mime.charset import decode
from mailbox.mime.parameters import file_name

_SIGNATURE = 0x223E9F78
_FILE_BEGINS, _TITLE, _DATA, _PROPERTIES, _CODEPAGE = 0x00069002, 0x00018010, 0x0006800F, 0x00069005, 0x00069007
_LONG_NAME, _NAME, _MIME_TAG, _CONTENT = 0x3707, 0x3704, 0x370E, 0x3701
_INTERFACE = 16  # octets before an object that say what it is
_FILES, _ATTRIBUTES, _VALUES = 500, 20_000, 2_000
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}  # octets
_TEXT8, _TEXT16, _OBJECT, _BINARY, _MANY = 0x1E, 0x1F, 0x0D, 0x0102, 0x1000


@dataclass(slots=True)
class Packed:
    """A file in the stream."""

    name: str = ""
    content_type: str = ""
    content: bytes = b""


class _Torn(Exception):
    """The stream says that it goes on where it ends."""


def unpack(stream: bytes) -> list[Packed]:
    """The files, as far as the stream can be read. Never raises."""
    if len(stream) < 6 or int.from_bytes(stream[:4], "little") != _SIGNATURE:
        return []
    files: list[Packed] = []
    charset = "windows-1252"
    for kind, data in _attributes(stream):
        if kind == _CODEPAGE:
            charset = f"cp{int.from_bytes(data[:4], 'little')}"
        elif kind == _FILE_BEGINS and len(files) < _FILES:
            files.append(Packed())
        elif files:
            _learn(files[-1], kind, data, charset)
    return [file for file in files if file.name or file.content]


def _attributes(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 6
    for _ in range(_ATTRIBUTES):
        if place + 9 > len(stream):
            return
        _, kind, length = struct.unpack_from("<BII", stream, place)
        place += 9
        if place + length > len(stream):
            return
        yield kind, stream[place : place + length]
        place += length + 2


def _learn(file: Packed, kind: int, data: bytes, charset: str) -> None:
    if kind == _TITLE:
        file.name = file.name or _text(data, charset)
    elif kind == _DATA:
        file.content = data
    elif kind == _PROPERTIES:
        try:
            about = dict(_properties(data))
        except _Torn:
            return
        long, short = (_named(about, number, charset) for number in (_LONG_NAME, _NAME))
        file.name = long or file.name or short
        file.content_type = _named(about, _MIME_TAG, charset).lower()
        kind, content = about.get(_CONTENT, (0, b""))
        file.content = file.content or (content[_INTERFACE:] if kind == _OBJECT else content)


def _text(data: bytes, charset: str) -> str:
    return file_name(decode(data.rstrip(b"\0"), charset))


def _named(about: dict[int, tuple[int, bytes]], number: int, charset: str) -> str:
    kind, data = about.get(number, (_TEXT8, b""))
    value = data.decode("utf-16-le", "replace").rstrip("\0") if kind == _TEXT16 else decode(data.rstrip(b"\0"), charset)
    return value if number == _MIME_TAG else file_name(value)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, octets: int) -> bytes:
        if octets < 0 or self.place + octets > len(self.data):
            raise _Torn
        self.place += octets
        return self.data[self.place - octets : self.place]

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def padded(self) -> bytes:
        """A counted value; the next one begins at a multiple of four."""
        length = self.number()
        value = self.take(length)
        self.take(min(-length % 4, len(self.data) - self.place))
        return value


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """By number, of each the kind and the (first) value."""
    reader = _Reader(data)
    for _ in range(min(reader.number(), _VALUES)):
        kind, number = struct.unpack("<HH", reader.take(4))
        if number >= 0x8000:
            _skip_name(reader)
        values = list(_values(reader, kind))
        yield number, (kind & ~_MANY, values[0] if values else b"")


def _skip_name(reader: _Reader) -> None:
    """Named properties carry a GUID, and a number or a name."""
    reader.take(16)
    if reader.number() == 0:
        reader.take(4)
    else:
        reader.padded()


def _values(reader: _Reader, kind: int) -> Iterator[bytes]:
    plain = kind & ~_MANY
    if plain in _FIXED:
        for _ in range(min(reader.number(), _VALUES) if kind & _MANY else 1):
            yield reader.take(_FIXED[plain])
    elif plain in (_TEXT8, _TEXT16, _OBJECT, _BINARY):
        for _ in range(min(reader.number(), _VALUES)):
            yield reader.padded()
    else:
        raise _Torn
