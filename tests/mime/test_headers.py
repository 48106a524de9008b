"""Addresses, Message-IDs and dates as they are typed and as they arrive."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime.dates import read_date
from mailbox.mime.headers import ascii_domain, is_address, read_addresses, read_ids
from mailbox.mime.letter import Address
from mailbox.mime.read import read_letter


@pytest.mark.parametrize(
    "text",
    [
        "bob@hamburger.edu",
        "bob+tag@a.b",
        "b@localhost",
        '"b ob"@x.edu',
        "bob@피클.kr",
        "bob@[192.0.2.1]",
        "bob@[IPv6:::1]",
        "o'b@x.edu",
        "_@x_y.z",
        "밥@x.edu",
        "संपर्क@x.edu",
    ],
)
def test_what_is_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "bob",
        "bob@",
        "@x.edu",
        "b ob@x.edu",
        "b..ob@x.edu",
        ".b@x.edu",
        "b@x..edu",
        "b@-x.edu",
        "b@x-",
        "밥\u200b@x.edu",
        "밥 @x.edu",
        "밥..피클@x.edu",
        f"{'밥' * 22}@x.edu",
        "b@x.edu\n",
        "b@x edu",
        "b@x.edu\x85",
        "b@\u200d",
        "b@xn--",
        f"{'b' * 65}@x.edu",
        f"b@{'x' * 64}.edu",
        f"b@{'x.' * 130}edu",
        "<b@x.edu>",
        "b@x.edu,c@x.edu",
        "b@a@x",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_none(text: str) -> None:
    assert is_address(f"b@{text}") in (True, False)
    assert is_address(text) in (True, False)


def test_domain_of_any_script_becomes_ascii() -> None:
    assert ascii_domain("BÜCHER.example") == "xn--bcher-kva.example"


def test_line_as_typed() -> None:
    typed = "Bob <bob@hamburger.edu>, 김철수 <kim@j.example>; alice@crepes.fr\ncarl@x.example"
    people = [("Bob", "bob@hamburger.edu"), ("김철수", "kim@j.example"), ("", "alice@crepes.fr"), ("", "carl@x.example")]
    assert read_addresses(typed) == tuple(Address(name, address) for name, address in people)


def test_what_is_not_closed_ends_with_its_line() -> None:
    addresses = ["bob@hamburger.edu", "alice@crepes.fr", "carl@x.example"]
    people = read_addresses("Bob <bob@hamburger.edu", 'alice@crepes.fr "', "carl@x.example")
    assert [one.address for one in people] == addresses


def test_more_ids_than_the_limit_keep_the_first_and_the_last() -> None:
    assert read_ids("".join(f"<{number}@x>" for number in range(9)), 3) == ("0@x", "7@x", "8@x")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 12 Mar 2026 17:20:01 +0900", "2026-03-12T17:20:01+09:00"),
        ("12 Mar 2026 17:20 -0000", "2026-03-12T17:20:00+00:00"),
        ("Thu, 12 Mar 26 17:20:01 EDT", "2026-03-12T17:20:01-04:00"),
        ("Thu Mar 12 17:20:01 KST 2026", "2026-03-12T17:20:01+09:00"),
        ("Thu Mar 12 17:20:01 +0900 2026", "2026-03-12T17:20:01+09:00"),
        ("2026-03-12T17:20:01Z", "2026-03-12T17:20:01+00:00"),
        ("2026-03-12 17:20:01+09:00", "2026-03-12T17:20:01+09:00"),
        ("12-Mar-2026 17:20:01 -0500", "2026-03-12T17:20:01-05:00"),
        ("Mar 12, 2026 5:20:01 PM", "2026-03-12T17:20:01+00:00"),
        ("Thu, 12 Mar 2026 17.20.01 +0100", "2026-03-12T17:20:01+01:00"),
        ("Wed, 12 Mar 2026 17:20:60 +0900", "2026-03-12T17:20:59+09:00"),
        ("12 Mar 101 10:00 UT", "2001-03-12T10:00:00+00:00"),
        ("12 March 2026", "2026-03-12T00:00:00+00:00"),
        ("Thu, 12 Mar 2026 17:20:01 +2400", "2026-03-12T17:20:01+00:00"),
    ],
)
def test_date_in_any_dress(text: str, moment: str) -> None:
    assert read_date(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "31 Feb 2026 10:00 +0000",
        "1 Jan 9999 00:00:00 +0000",
        "12 Mar 2026 25:00 GMT",
        "99999999999999 Mar 99999999999 1:11",
        "Thu, 12 Xyz 2026 17:20:01 +0900",
    ],
)
def test_date_that_is_none(text: str) -> None:
    assert read_date(text) is None


@given(st.text(alphabet="0123456789 :+-,.()JanMrThuPMZ", max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = read_date(text)
    assert moment is None or moment.utcoffset() is not None


def test_the_last_field_ends_where_its_line_does() -> None:
    letter = read_letter(b"Subject: Pickles\r\nX-Last: here\r\n\r\nBody\r\n")
    assert letter.fields == (("Subject", "Pickles"), ("X-Last", "here"))


@pytest.mark.parametrize(
    "line",
    [
        "Message-ID: <[x@microsoft.com]>",
        "From: <[x@microsoft.com]>",
        "To: (c):",
        "Cc: a@b.example,",
        "Content-Type: text/plain; name*",
        "Content-Disposition: attachment; filename*0*",
    ],
)
def test_t20_what_the_standard_library_stumbles_over(line: str) -> None:
    letter = read_letter(f"Subject: Pickles\r\n{line}\r\n\r\nx\r\n".encode())
    assert (letter.subject, letter.damage) == ("Pickles", ())


def test_t23_a_name_that_looks_like_an_address_is_none() -> None:
    typed = '"president@bank.example" <eve@evil.example>, boss@bank.example <bob@x.example>'
    assert [one.address for one in read_addresses(typed)] == ["eve@evil.example", "bob@x.example"]
