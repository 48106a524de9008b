"""Address books of other programs: vCards of every age, and tables."""

import pytest

from mailbox.mime.cards import read_people, written
from mailbox.mime.letter import Address

KIM = Address("김철수", "kim@jangdok.example")
BOB = Address("Bob Marlow", "bob@hamburger.edu")


def card(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""]).encode()


@pytest.mark.parametrize(
    "lines",
    [
        ["VERSION:4.0", "FN:Bob Marlow", "EMAIL:bob@hamburger.edu"],
        ["item1.EMAIL;type=INTERNET;type=pref:bob@hamburger.edu", "N:Marlow;Bob;;Dr.;"],
        ["fn:Bob Mar", " low", "email:mailto:bob@hamburger.edu"],
        ["FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Bob=20Mar=", "low", "EMAIL:bob@hamburger.edu"],
        ["ORG:Bob Marlow;Kitchen", "PHOTO;ENCODING=BASE64:AAAA=", "EMAIL:bob@hamburger.edu", "EMAIL:bob@hamburger.edu"],
    ],
    ids=["4.0", "Apple", "folded", "2.1", "a firm with a picture"],
)
def test_a_card_of_any_age(lines: list[str]) -> None:
    assert list(read_people(card(*lines))) == [BOB]


@pytest.mark.parametrize(
    "name",
    [
        "FN:김철수",
        "N:김;철수;;;",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=EA=B9=80=EC=B2=A0=EC=88=98",
        "FN;CHARSET=KS_C_5601-1987;ENCODING=QUOTED-PRINTABLE:=B1=E8=C3=B6=BC=F6",
    ],
    ids=["plain", "in parts", "utf-8", "cp949"],
)
def test_a_korean_name(name: str) -> None:
    assert list(read_people(card(name, "EMAIL:kim@jangdok.example"))) == [KIM]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_file_of_any_charset(charset: str) -> None:
    assert list(read_people(card("FN:김철수", "EMAIL:kim@jangdok.example").decode().encode(charset))) == [KIM]


@pytest.mark.parametrize(
    "table",
    [
        "First Name,Last Name,E-mail 1 - Value\nBob,Marlow,bob@hamburger.edu ::: bob@hamburger.edu\n",
        "Name;E-Mail\r\nBob Marlow;bob@hamburger.edu\r\n",
        '"Display Name"\t"Address"\n"Bob Marlow"\t"bob@hamburger.edu"\n"Nobody"\t"none"\n',
    ],
    ids=["Gmail", "semicolons", "tabs"],
)
def test_a_table(table: str) -> None:
    assert list(read_people(table.encode())) == [BOB]


def test_a_korean_table() -> None:
    assert list(read_people("성,이름,전자 메일 주소\n김,철수,kim@jangdok.example\n".encode("cp949"))) == [KIM]


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 9, b"\x89PNG\r\n\x1a\n", b"BEGIN:VCARD\r\nEMAIL:", card("EMAIL:bob@"), b'a,b\n"' + b"x" * 200_000, b"a" * 99],
)
def test_what_is_no_address_book_has_nobody(data: bytes) -> None:
    assert list(read_people(data)) == []


def test_a_line_that_never_ends_costs_no_more_than_its_length() -> None:
    endless = b"FN;ENCODING=QUOTED-PRINTABLE:" + b"=41=\r\n" * 200_000
    assert list(read_people(b"BEGIN:VCARD\r\n" + endless + b"\r\nEND:VCARD")) == []


def test_what_was_written_is_read_again() -> None:
    people = [KIM, BOB, Address("Smith; Sons, \\ Co.", "smith@crepes.fr")]
    assert list(read_people("".join(written(people)).encode())) == people


@pytest.mark.parametrize(
    "data",
    [card(*["N:" + "x" * 8000 + "\\"] * 500), b",".join([b"a"] * 20_000) + b"\na" * 20_000],
    ids=["a name that ends in a backslash", "a table as wide as long"],
)
def test_a_hostile_file_costs_no_more_than_its_length(data: bytes) -> None:
    assert list(read_people(data)) == []


def test_an_address_that_grows_in_lower_case_is_none() -> None:
    assert list(read_people(card("EMAIL:" + "\u0130" * 32 + "@" + "x." * 93 + "kr"))) == []
