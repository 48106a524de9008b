"""Folder names between the wire and people."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import imap_utf7

from mailbox.imap.errors import BadArgument
from mailbox.imap.utf7 import decode, encode, wire_octets, wire_text

names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)


@given(names)
def test_a_name_comes_back_composed(name: str) -> None:
    assert decode(encode(name)) == unicodedata.normalize("NFC", name)


@given(names)
def test_it_is_written_as_the_oracle_writes_it(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    assert encode(name).encode() == imap_utf7.encode(composed)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30))
def test_any_wire_name_has_a_text(wire_name: str) -> None:
    assert "\0" not in decode(wire_name)


@pytest.mark.parametrize(
    ("wire_name", "name"),
    [
        ("&vBvHQNO4ycDVaA-", "받은편지함"),
        ("Entw&APw-rfe", "Entwürfe"),
        ("R&-D", "R&D"),
        ("&2DzfTA-", "🍌"),
        ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
        ("A&B", "A&B"),  # broken, as it stands
        ("&AAAA", "&AAAA"),
        ("&Jjo!", "&Jjo!"),
        ("&A-", "&A-"),
        ("&2D0-", "\ufffd"),  # half a surrogate pair
        ("&AA0ACg-x", "\ufffd\ufffdx"),  # CR LF
        ("&AAA-", "\ufffd"),  # NUL
    ],
)
def test_names_of_the_wild(wire_name: str, name: str) -> None:
    assert decode(wire_name) == name


def test_decomposed_hangul_is_written_composed() -> None:
    assert encode(unicodedata.normalize("NFD", "받은편지함")) == encode("받은편지함")


@pytest.mark.parametrize("name", ["a\rb", "a\nb", "a\0b", "\x7f", "\x85"])
def test_control_characters_are_refused(name: str) -> None:
    with pytest.raises(BadArgument):
        encode(name)


@given(st.binary(max_size=30))
def test_octets_that_are_no_utf8_survive_as_text(octets: bytes) -> None:
    text = wire_text(octets)
    assert wire_octets(text) == octets
    assert "\0" not in text
    text.encode()  # so a table can hold it


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_two_names_never_fall_together(one: bytes, other: bytes) -> None:
    assert (wire_text(one) == wire_text(other)) == (one == other)


def test_octets_that_look_like_ours_survive_too() -> None:
    octets = "\uef80".encode()
    assert wire_octets(wire_text(octets)) == octets
