"""The files in a winmail.dat: names as they were given, whatever happens to the stream."""

import base64
import struct

from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime.read import read_letter
from mailbox.mime.winmail import unpack

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)


def attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("<BII", 2, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def text16(number: int, text: str) -> bytes:
    value = f"{text}\0".encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def file(name: str, content: bytes, kind: str = "application/pdf") -> bytes:
    properties = struct.pack("<I", 2) + text16(0x3707, name) + text16(0x370E, kind)
    parts = [(0x69002, b"\0" * 14), (0x18010, b"SHORT~1.PDF\0"), (0x6800F, content), (0x69005, properties)]
    return b"".join(attribute(*part) for part in parts)


STREAM = (
    SIGNATURE + attribute(0x69007, struct.pack("<I", 949)) + file("김치 조리법.pdf", b"%PDF kimchi") + file("menu.txt", b"Menu")
)
LETTER = b"From: bob@hamburger.edu\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"


def test_c45_files_have_their_long_names() -> None:
    found = [(packed.name, packed.content_type, packed.content) for packed in unpack(STREAM)]
    assert found == [("김치 조리법.pdf", "application/pdf", b"%PDF kimchi"), ("menu.txt", "application/pdf", b"Menu")]


def test_t46_a_name_in_the_code_page_of_the_sender() -> None:
    short = [(0x69007, struct.pack("<I", 949)), (0x69002, b""), (0x18010, "똠방각하.hwp\0".encode("cp949")), (0x6800F, b"x")]
    (packed,) = unpack(SIGNATURE + b"".join(attribute(*part) for part in short))
    assert packed.name == "똠방각하.hwp"


def test_the_letter_lists_what_is_in_it() -> None:
    letter = read_letter(LETTER + base64.encodebytes(STREAM))
    assert [(part.path, part.name, part.content) for part in letter.attachments] == [
        ("1.1", "김치 조리법.pdf", b"%PDF kimchi"),
        ("1.2", "menu.txt", b"Menu"),
    ]


def test_one_that_cannot_be_read_is_a_file_itself() -> None:
    assert [part.name for part in read_letter(LETTER + b"bm9wZQ==\n").attachments] == ["winmail.dat"]


@given(st.integers(0, len(STREAM) - 4), st.binary(min_size=1, max_size=4), st.integers(0, len(STREAM)))
def test_c45_a_stream_that_was_changed(place: int, change: bytes, cut: int) -> None:
    changed = STREAM[:place] + change + STREAM[place + len(change) :]
    for stream in (changed, changed[:cut]):
        assert sum(len(packed.content) for packed in unpack(stream)) <= len(stream)
