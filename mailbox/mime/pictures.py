"""What a picture is, from its own first bytes and never from what it is called; and how large it would be."""

import struct
from dataclasses import dataclass

PIXELS = 40_000_000  # more are not shown: a small file may unpack into gigabytes


@dataclass(frozen=True, slots=True)
class Picture:
    content_type: str
    width: int
    height: int

    @property
    def is_showable(self) -> bool:
        return 0 < self.width * self.height <= PIXELS

    @property
    def is_pixel(self) -> bool:
        """Too small to be looked at: it only tells its sender that it was fetched."""
        return self.width * self.height <= 4


def look(content: bytes) -> Picture | None:
    """PNG, GIF, JPEG or WebP; None for everything else. Never raises."""
    try:
        return _looked(content)
    except (struct.error, IndexError):
        return None


def _looked(content: bytes) -> Picture | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Picture("image/png", *struct.unpack_from(">II", content, 16))
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Picture("image/gif", *struct.unpack_from("<HH", content, 6))
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return None


def _jpeg(content: bytes) -> Picture | None:
    """The first start of frame says it (ITU T.81 section B.2.2); segments are skipped by their length."""
    place = 2
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Picture("image/jpeg", width, height)
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            place += 2
        else:
            place += 2 + max(struct.unpack_from(">H", content, place + 2)[0], 2)
    return None


def _webp(content: bytes) -> Picture | None:
    """The first chunk of each of its three kinds (RFC 9649 section 2)."""
    kind = content[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[place : place + 3], "little") + 1 for place in (24, 27))
        return Picture("image/webp", width, height)
    return None
