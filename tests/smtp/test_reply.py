"""Replies: read whole, printed harmless, and never without end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.smtp.reply import MOST_LINES, MOST_OCTETS, Botched, Reply, ReplyReader


def read(data: bytes) -> list[Reply]:
    reader = ReplyReader()
    reader.feed(data)
    return list(iter(reader.take, None))


def test_one_line() -> None:
    assert read(b"250 2.1.0 Ok\r\n") == [Reply(250, ("2.1.0 Ok",))]


def test_several_lines() -> None:
    assert read(b"250-mx.hamburger.edu\r\n250-PIPELINING\r\n250 SIZE 10\r\n") == [
        Reply(250, ("mx.hamburger.edu", "PIPELINING", "SIZE 10"))
    ]


def test_a_code_alone() -> None:
    assert read(b"354\r\n") == [Reply(354, ("",))]


def test_two_replies_in_one_packet() -> None:
    assert [reply.code for reply in read(b"250 a\r\n550 b\r\n")] == [250, 550]


def test_the_last_code_counts_when_they_differ() -> None:
    assert read(b"250-yes\r\n550 no\r\n")[0].code == 550


def test_a_server_that_ends_its_lines_with_lf_alone() -> None:
    assert read(b"220 old\n") == [Reply(220, ("old",))]


@given(st.integers(1, 60), st.integers(1, 60))
def test_it_does_not_matter_where_packets_end(first: int, second: int) -> None:
    data = b"250-one\r\n250-two\r\n250 three\r\n354 go\r\n"
    reader = ReplyReader()
    found = []
    for piece in (data[:first], data[first : first + second], data[first + second :]):
        reader.feed(piece)
        found += list(iter(reader.take, None))
    assert [reply.code for reply in found] == [250, 354]


@given(st.binary(max_size=300))
def test_any_bytes_give_replies_or_botched(data: bytes) -> None:
    try:
        replies = read(data)
    except Botched:
        return
    assert all(200 <= reply.code < 600 for reply in replies)


@pytest.mark.parametrize(
    "line", [b"hello\r\n", b"25 ok\r\n", b"250ok\r\n", b"999 ok\r\n", b"150 ok\r\n", b"\r\n", b"HTTP/1.1 400\r\n"]
)
def test_what_is_no_smtp(line: bytes) -> None:
    with pytest.raises(Botched, match="not SMTP"):
        read(line)


def test_a_line_without_end() -> None:
    with pytest.raises(Botched, match="line without end"):
        read(b"250 " + b"x" * MOST_OCTETS)


def test_a_reply_without_end() -> None:
    with pytest.raises(Botched, match="reply without end"):
        read(b"250-x\r\n" * MOST_LINES)


def test_what_cannot_be_printed_or_stored_becomes_a_space() -> None:
    reply = read(b"550 \x00no\x1b[31m \xea\xb9\x80 \xff\r\n")[0]
    assert reply.text == " no [31m 김 \ufffd"


@pytest.mark.parametrize(
    ("text", "enhanced"),
    [
        ("5.1.1 no", "5.1.1"),
        ("5.7.509 x", "5.7.509"),
        ("5.1.1", "5.1.1"),
        ("4.1.1 no", ""),
        ("5.1 no", ""),
        ("no 5.1.1", ""),
        ("", ""),
    ],
)
def test_the_enhanced_code(text: str, enhanced: str) -> None:
    assert Reply(550, (text,)).enhanced == enhanced


def test_unread_bytes_can_be_dropped() -> None:
    reader = ReplyReader()
    reader.feed(b"250 injected\r\n")
    assert reader.drop()
    assert reader.take() is None
    assert not reader.drop()


def test_it_reads_as_it_stood_on_the_wire() -> None:
    assert str(Reply(550, ("5.1.1 no such", "mailbox"))) == "550-5.1.1 no such\n550 mailbox"
