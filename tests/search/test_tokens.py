"""What a text can be found by."""

import unicodedata
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox import index
from mailbox.mime.letter import Letter
from mailbox.mime.read import read_letter
from mailbox.reading import findable as reading
from mailbox.reading.findable import findable, fold, tokens
from tests.search.letters import letter


def test_t48_korean_is_found_by_pairs_whatever_follows() -> None:
    assert {"회의", "의록"} <= tokens("회의록을 첨부합니다")


def test_one_syllable_is_found_wherever_it_stands() -> None:
    assert any(word.startswith("밥") for word in tokens("김치볶음밥"))
    assert any(word.startswith("밥") for word in tokens("밥상"))


def test_e53_t47_a_decomposed_text_has_the_same_tokens() -> None:
    assert tokens(unicodedata.normalize("NFD", "회의록 café")) == tokens("회의록 café")


@pytest.mark.parametrize(
    ("one", "other"), [("Café", "CAFE"), ("ｋｅｔｃｈｕｐ", "ketchup"), ("STRASSE", "straße"), ("İstanbul", "istanbul")]
)
def test_case_accents_and_width_do_not_count(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_an_address_is_found_by_its_parts() -> None:
    assert tokens("bob.marlow@hamburger.edu") == {"bob", "marlow", "hamburger", "edu"}


def test_numbers_stay_whole() -> None:
    assert {"20391", "2026"} <= tokens("INV-20391 of 2026")


def test_c24_characters_that_take_no_room_part_no_word() -> None:
    assert tokens("pick\u200bles pick\u00adles pick\u202eles") == {"pickles"}


def test_a_word_stands_for_its_field_too() -> None:
    found = findable(read_letter(letter("Thin and sour.", subject="Pickles"))).tokens
    assert {"pickles", "subject=pickles", "from=bob", "to=alice", "sour"} <= found
    assert "subject=sour" not in found


def test_text_files_are_found_and_others_by_their_names() -> None:
    raw = letter("See the file.", subject="Menu", files=(("carte.csv", "csv", "galette;8"),))
    found = findable(read_letter(raw)).tokens
    assert {"galette", "filename=carte", "has=attachment"} <= found


def test_a_letter_keeps_its_month_whatever_the_zone_of_the_server() -> None:
    assert "@7/2026-02" in index.scopes(7, datetime(2026, 3, 1, 1, tzinfo=ZoneInfo("Asia/Seoul")))


def test_only_the_beginning_of_a_long_text_counts() -> None:
    found = findable(Letter(text="a " * reading.MOST_TEXT + "omega"))
    assert "omega" not in found.tokens
    assert len(found.text) <= reading.MOST_TEXT + 5


def test_hidden_text_of_an_html_letter_is_not_found() -> None:
    found = findable(Letter(html='<p>Pickles</p><p style="display:none">ketchup</p>'))
    assert "pickles" in found.tokens
    assert "ketchup" not in found.tokens


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_c25_whatever_a_letter_says_postgresql_takes_it(text: str) -> None:
    found = findable(replace(Letter(subject=text), text=text))
    said = "".join((found.text, *found.tokens))
    assert "\0" not in said
    said.encode()
