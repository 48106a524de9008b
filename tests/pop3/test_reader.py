"""The reader alone: it may be fed in any pieces, and the dots come out as they went in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.pop3.limits import Limits
from mailbox.pop3.reader import NotPop3, Reader, Reply

SMALL = Limits(line=60, piece=16)
letters = st.lists(st.sampled_from([b".", b"..", b"\r\n", b"\r", b"\n", b"a", b"long line"]), max_size=60).map(b"".join)


def stuffed(letter: bytes) -> bytes:
    """As a server sends it: the last line ends, and what begins with a dot has one more."""
    lines = (letter + b"\r\n").replace(b"\r\n.", b"\r\n..")
    return (b"." if lines.startswith(b".") else b"") + lines + b".\r\n"


def read(data: bytes, cuts: list[int]) -> bytes:
    reader = Reader(SMALL)
    reader.begin_content()
    found = b""
    for start, end in pairwise([0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]):
        reader.feed(data[start:end])
        while piece := reader.take_content():
            found += piece
            if reader.is_over:
                return found
    raise AssertionError("the content does not end")


@given(letters, st.lists(st.integers(0, 500), max_size=40))
def test_dots_come_out_as_they_went_in(letter: bytes, cuts: list[int]) -> None:
    assert read(stuffed(letter), cuts) == letter + b"\r\n"


def test_nothing_of_the_next_reply_is_lost() -> None:
    reader = Reader()
    reader.feed(b"+OK here\r\n.\r\n+OK next\r\n")
    assert reader.take_reply() == Reply(True, "here")
    reader.begin_content()
    assert (reader.take_content(), reader.is_over) == (b"", True)
    assert reader.take_reply() == Reply(True, "next")


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"+OK\r\n", Reply(True)),
        (b"+ok  lower case\n", Reply(True, "lower case")),
        (b"-ERR [IN-USE] busy\r\n", Reply(False, "busy", "IN-USE")),
        (b"-ERR [sys/temp]\r\n", Reply(False, "", "SYS/TEMP")),
        (b"-ERR \0\x1b \xff\r\n", Reply(False, "\x1b \ufffd")),
    ],
)
def test_replies(line: bytes, reply: Reply) -> None:
    reader = Reader()
    for octet in line:
        reader.feed(bytes([octet]))
    assert reader.take_reply() == reply


@pytest.mark.parametrize("said", [b"* OK IMAP4rev1\r\n", b"+OKAY\r\n", b"220 smtp\r\n", b"\r\n", b"+OK" + b"x" * 99])
def test_what_is_no_reply(said: bytes) -> None:
    reader = Reader(SMALL)
    reader.feed(said)
    with pytest.raises(NotPop3):
        reader.take_reply()


def test_a_long_letter_is_handed_on_in_pieces() -> None:
    reader = Reader(SMALL)
    reader.begin_content()
    for _ in range(1000):
        reader.feed(b"x" * 100)
        assert 80 < len(reader.take_content()) <= 120
