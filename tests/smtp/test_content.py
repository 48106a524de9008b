"""The letter on the wire: CRLF only, short lines, dots stuffed once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.smtp.commands import Unsayable
from mailbox.smtp.content import MailData, check_letter, stuffed


@pytest.mark.parametrize(
    ("letter", "wire"),
    [
        (b"a\r\n", b"a\r\n"),
        (b"a", b"a\r\n"),
        (b".\r\n", b"..\r\n"),
        (b"..a\r\n.\r\nb\r\n", b"...a\r\n..\r\nb\r\n"),
        (b"a\r\n.b\r\n\r\n.\r\n", b"a\r\n..b\r\n\r\n..\r\n"),
        (b"", b""),
    ],
)
def test_dots_are_stuffed_once(letter: bytes, wire: bytes) -> None:
    assert stuffed(letter) == wire


@given(st.lists(st.text("ab.\t ", max_size=6)))
def test_stuffing_is_undone_by_the_receiver(lines: list[str]) -> None:
    letter = "".join(f"{line}\r\n" for line in lines).encode()
    wire = stuffed(letter) + b".\r\n"
    received = wire[: (b"\r\n" + wire).index(b"\r\n.\r\n")].split(b"\r\n")
    assert b"\r\n".join(line.removeprefix(b".") for line in received) == letter


@pytest.mark.parametrize("letter", [b"a\nb\r\n", b"a\rb\r\n", b"a\n.\nb\r\n", b"\n", b"a\r", b"a\r\r\n", b"a\n\r\n", b"a\0b\r\n"])
def test_a_bare_line_end_is_refused(letter: bytes) -> None:
    with pytest.raises(Unsayable, match="not CRLF"):
        check_letter(letter)


@pytest.mark.parametrize("letter", [b"x" * 999 + b"\r\n", b"a\r\n" + b"x" * 999, b"a\r\n" * 400 + b"x" * 1500 + b"\r\n"])
def test_t70_a_long_line_is_refused(letter: bytes) -> None:
    with pytest.raises(Unsayable, match="998"):
        check_letter(letter)


@pytest.mark.parametrize("letter", [b"", b"a\r\n", b"x" * 998 + b"\r\n", (b"x" * 998 + b"\r\n") * 3, b"a\r\n" * 1000])
def test_what_may_be_sent(letter: bytes) -> None:
    check_letter(letter)


@given(st.lists(st.integers(0, 1200)))
def test_the_check_sees_every_line(lengths: list[int]) -> None:
    letter = b"".join(b"x" * length + b"\r\n" for length in lengths)
    if all(length <= 998 for length in lengths):
        check_letter(letter)
    else:
        with pytest.raises(Unsayable):
            check_letter(letter)


def test_what_the_server_is_told_of_it() -> None:
    assert MailData.of("안녕\r\n".encode()) == MailData("안녕\r\n".encode(), 8, eight_bit=True)
    assert MailData.of(b".\r\n") == MailData(b"..\r\n", 3, eight_bit=False)


def test_t72_a_smuggled_letter_never_leaves() -> None:
    with pytest.raises(Unsayable):
        MailData.of(b"Subject: x\r\n\r\nhello\n.\nMAIL FROM:<evil@b.example>\r\n")
