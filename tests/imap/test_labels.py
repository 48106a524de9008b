"""A label's name for people is an atom on the wire and comes back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.imap.arguments import flag_list
from mailbox.imap.errors import BadArgument
from mailbox.imap.labels import LONGEST, checked, gmail_label_of, is_label, keyword_of, name_of
from mailbox.imap.utf7 import encode

NAMES = st.text(st.characters(exclude_categories=["C"], exclude_characters="\u00a0"), min_size=1, max_size=LONGEST)


def is_a_name(name: str) -> bool:
    try:
        checked(name)
    except BadArgument:
        return False
    return True


@given(NAMES.filter(is_a_name))
def test_a_name_comes_back(name: str) -> None:
    """As NFC, blanks drawn together."""
    keyword = keyword_of(name)
    flag_list([keyword])
    assert encode(name_of(keyword)) == encode(checked(name))
    assert name_of(gmail_label_of(name)) == name_of(keyword)


@pytest.mark.parametrize(
    ("name", "keyword"), [("Suppliers", "Suppliers"), ("To do", "To&ACA-do"), ("거래처", "&rHC3mMyY-"), ("A&B", "A&-B")]
)
def test_it_is_an_atom(name: str, keyword: str) -> None:
    assert keyword_of(name) == keyword


@pytest.mark.parametrize("name", ["", "  ", "a\nb" * 20, "\\Seen", "$Junk", "junk", "x" * 41, "a\x07b", "-draft"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(BadArgument):
        checked(name)


def test_what_programs_mark_letters_with_is_no_label() -> None:
    assert [one for one in ("$Forwarded", "NonJunk", "\\Recent", "$MDNSent", "$label1", "Work") if is_label(one)] == [
        "$label1",
        "Work",
    ]
    assert name_of("$label4") == "To do"
