"""A hostile letter costs no more than its length: everything that once froze a mail reader, timed."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from mailbox.mime.headers import read_addresses
from mailbox.mime.letter import Letter
from mailbox.mime.limits import LONG_HEADER, MANY_ADDRESSES, MANY_PARTS, TOO_DEEP, Limits
from mailbox.mime.parameters import read_value
from mailbox.mime.read import read_letter
from mailbox.mime.text import html_to_text, plain_to_html, snippet, split_quote
from mailbox.mime.words import decode_words

LIMIT = 2.0  # seconds of processor time; on a quiet machine the slowest of these takes a third of it, a quadratic reader minutes


def timed(work: Callable[..., Any], *given: Any) -> Any:
    began = time.process_time()
    result = work(*given)
    assert time.process_time() - began < LIMIT
    return result


def nested(depth: int) -> bytes:
    levels = [b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)]
    return b"".join(levels) + b"\n" + b"pickle\n" + b"".join(b"--b%d--\n" % level for level in reversed(range(depth)))


LETTERS = {
    "header lines": b"X: y\n" * 500_000 + b"\nbody\n",
    "one folded field": b"X: y\n" + b" z\n" * 500_000 + b"\nbody\n",
    "one long header line": b"Subject: " + b"x" * 20_000_000 + b"\n\nbody\n",
    "one long body line": b"Subject: x\n\n" + b"x" * 20_000_000,
    "no line that is a field": b"-- \n" * 2_000_000,
    "RFC 2231 pieces": b"Content-Disposition: a" + b"".join(b";\n f*%d=x" % number for number in range(100_000)) + b"\n\nbody\n",
    "encoded words": b"Subject:" + b" =?utf-8?B?7ZS8?=\n" * 100_000 + b"\nbody\n",
    "false words": b"Subject: " + b"=?" * 500_000 + b"\n\nbody\n",
    "recipients": b"To: " + b"Bob <bob@hamburger.edu>,\n " * 100_000 + b"\n\nbody\n",
    "brackets": b"To: " + b"[" * 200_000 + b"\nCc: " + b"<" * 50_000 + b"\n\nbody\n",
    "nested": nested(10_000),
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000,
    "delimiters that are none": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 400_000,
    "boundary guesses": b"Content-Type: multipart/mixed\n\n" + b"--" + b" -" * 2_000_000,
    "blank lines": b"Subject: x\nContent-Type: message/delivery-status\n\n" + b"\n" * 500_000,
    "soft breaks": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 1_000_000,
    "padding": b"Content-Transfer-Encoding: base64\n\n" + b"YQ==" * 200_000,
    "shifts": b"Content-Type: text/plain; charset=iso-2022-kr\n\n" + b"\x0e!!" * 200_000,
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"> x \n" * 200_000,
    "calendar": b"Content-Type: text/calendar\n\n" + b"BEGIN:VEVENT\nATTENDEE;CN=x:mailto:a@b.c\n" * 50_000,
}


@pytest.mark.parametrize("name", LETTERS)
def test_t21_letter_is_read_in_time(name: str) -> None:
    assert isinstance(timed(read_letter, LETTERS[name]), Letter)


def test_long_header_is_read_so_far_and_told() -> None:
    letter = read_letter(LETTERS["header lines"])
    assert (len(letter.headers), letter.damage, letter.text) == (Limits().header_lines, (LONG_HEADER,), "body\n")


def test_wide_header_is_read_so_far_and_told() -> None:
    letter = read_letter(LETTERS["one long header line"])
    assert (letter.damage, letter.text) == ((LONG_HEADER,), "body\n")
    assert len(letter.subject) <= Limits().header_bytes


def test_many_recipients_are_read_so_far_and_told() -> None:
    letter = read_letter(LETTERS["recipients"], Limits(addresses=100))
    assert (len(letter.to), MANY_ADDRESSES in letter.damage) == (100, True)


def test_many_parts_are_read_so_far_and_told() -> None:
    letter = read_letter(LETTERS["parts"])
    assert (len(letter.parts), MANY_PARTS in letter.damage) == (Limits().parts, True)


def test_deep_parts_are_opened_so_far_and_told() -> None:
    letter = read_letter(LETTERS["nested"])
    (part,) = letter.parts
    assert (part.path.count("."), part.content_type, TOO_DEEP in letter.damage) == (Limits().depth - 1, "multipart/mixed", True)
    assert b"pickle" in part.content


VALUES: list[tuple[Callable[[str], Any], str]] = [
    (decode_words, "=?" * 500_000),
    (decode_words, "=?a?q?" * 170_000),
    (decode_words, "=?utf-8?B?7ZS8?= " * 50_000),
    (read_addresses, '\\"' * 130_000),
    (read_addresses, '<\\"' * 90_000),
    (read_addresses, "(a" * 130_000),
    (read_addresses, "<" * 200_000),
    (read_value, "x;" + " " * 1_000_000),
    (read_value, 'x;a="' + '\\"' * 300_000),
    (read_value, "x" + "".join(f";n*{number}*=%41" for number in range(100_000))),
    (plain_to_html, "www." + "a)" * 500_000),
    (plain_to_html, "a@" * 300_000),
    (plain_to_html, "." * 1_000_000),
    (plain_to_html, ">" * 1_000_000),
    (plain_to_html, "\n".join(">" * (number % 50) for number in range(100_000))),
    (html_to_text, "<" * 1_000_000),
    (html_to_text, "<a b='" * 150_000),
    (html_to_text, "<!--" * 250_000),
    (html_to_text, "<style>" * 140_000),
    (html_to_text, "<style>" + "{" * 1_000_000),
    (html_to_text, "<style>" + "/*" * 500_000),
    (html_to_text, "&#" + "9" * 1_000_000),
    (html_to_text, "<div style='display:none'>" * 35_000),
    (html_to_text, "<p style='opacity:" + "0" * 500_000 + "x'>"),
    (html_to_text, "<p style='font-size:" + "1" * 500_000 + "x'>"),
    (split_quote, "-" * 1_000_000),
    (split_quote, ">\n" * 500_000),
]


@pytest.mark.parametrize(("work", "text"), VALUES, ids=lambda value: getattr(value, "__name__", str(value)[:12]))
def test_value_is_read_in_time(work: Callable[[str], Any], text: str) -> None:
    timed(work, text)


def test_snippet_of_a_long_letter_looks_at_its_beginning() -> None:
    assert timed(snippet, Letter(html="<p>pickle</p>" * 1_000_000)).startswith("pickle pickle")
