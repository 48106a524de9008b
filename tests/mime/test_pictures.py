"""What a picture is, by its own first bytes."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime.pictures import Picture, look

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc2\x00\x11\x08\x00\x20\x00\x40" + b"\0" * 9
VP8X = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x00\x00\x1f\x00\x00"
VP8L = b"RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + struct.pack("<I", 63 | 31 << 14)
VP8 = b"RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x40\x00\x20\x00"


@pytest.mark.parametrize(
    ("content", "picture"),
    [
        (PNG, Picture("image/png", 1, 1)),
        (b"GIF89a\x40\x00\x20\x00" + b"\0" * 9, Picture("image/gif", 64, 32)),
        (JPEG, Picture("image/jpeg", 64, 32)),
        (VP8X, Picture("image/webp", 64, 32)),
        (VP8L, Picture("image/webp", 64, 32)),
        (VP8, Picture("image/webp", 64, 32)),
    ],
)
def test_it_is_known_by_its_bytes(content: bytes, picture: Picture) -> None:
    assert look(content) == picture


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.4", b"<html>", b"II*\0", b"BM", b"\xff\xd8\xff", PNG[:20]]
)
def test_c36_nothing_else_is_one(content: bytes) -> None:
    assert look(content) is None


def test_c43_a_picture_that_would_fill_the_memory_is_not_shown() -> None:
    bomb = PNG[:16] + struct.pack(">II", 50_000, 50_000) + PNG[24:]
    seen = look(bomb)
    assert seen
    assert not seen.is_showable


@given(st.sampled_from([PNG, JPEG, VP8X, VP8L, VP8]), st.binary(max_size=40), st.integers(0, 60))
def test_any_bytes(picture: bytes, junk: bytes, cut: int) -> None:
    look(picture[:cut] + junk)
