"""uuencode and yEnc in the middle of a text are files; prose that begins like one is prose."""

import binascii
from collections.abc import Callable

import pytest

from mailbox.mime.read import read_letter

HEAD = b"From: bob@hamburger.edu\nContent-Type: text/plain; charset=utf-8\n\n"
CONTENT = bytes(range(256)) * 3


def uu(content: bytes, name: str = "menu.bin") -> bytes:
    lines = b"".join(binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45))
    return f"begin 644 {name}\n".encode() + lines + b"`\nend\n"


def yenc(content: bytes) -> bytes:
    octets = bytes((octet + 42) % 256 for octet in content)
    for critical in (b"=", b"\0", b"\n", b"\r"):
        octets = octets.replace(critical, b"=" + bytes([critical[0] + 64]))
    lines = b"\n".join(octets[start : start + 128] for start in range(0, len(octets), 128))
    return b"=ybegin line=128 size=768 name=menu.bin\n" + lines + b"\n=yend size=768\n"


@pytest.mark.parametrize("encode", [uu, yenc])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_c46_a_file_in_the_text(encode: Callable[[bytes], bytes], ends: bytes) -> None:
    letter = read_letter((HEAD + b"Before.\n" + encode(CONTENT) + b"After.\n").replace(b"\n", ends))
    assert letter.text == "Before.\nAfter.\n"
    assert [(part.path, part.name, part.content) for part in letter.attachments] == [("1.1", "menu.bin", CONTENT)]


def test_a_korean_name() -> None:
    letter = read_letter(HEAD + uu(CONTENT, "김치.jpg"))
    assert [(part.name, part.content_type) for part in letter.attachments] == [("김치.jpg", "image/jpeg")]


@pytest.mark.parametrize(
    "prose",
    [
        b"begin 644 words about it\nand go on\nend\n",
        b"We begin 644 things\nM and so on\nend\n",
        b"begin 644 menu.txt\nand never end\n",
        b"begin 644 menu.txt\n#tooshort\nend\n",
        b"begin 644 nothing\n`\nend\n",
        b"=ybegin is a word of old\nend\n",
    ],
)
def test_c46_prose_stays_prose(prose: bytes) -> None:
    letter = read_letter(HEAD + prose)
    assert (letter.text, letter.attachments) == (prose.decode(), ())


def test_many_beginnings_cost_little() -> None:
    assert not read_letter(HEAD + b"begin 644 a\n" * 20_000 + b"=ybegin size=1 name=a\n" * 20_000).attachments
