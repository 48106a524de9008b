"""The base subject, RFC 5256 section 2.1, and the prefixes of other languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.threads import base_subject


@pytest.mark.parametrize(
    "subject",
    [
        "Ketchup", "Re: Ketchup", "RE: Re: FW: Ketchup", "Re[2]: Ketchup", "re (3) : Ketchup", "[list] Re: Ketchup",
        "Re: [list] Ketchup", "Ketchup (fwd)", "Ketchup (fwd) (Fwd)", "[Fwd: Ketchup]", "[Fwd: Re: [list] Ketchup]",
        "  Re:\t Ketchup ", "답장: Ketchup", "회신: Re: Ketchup", "전달： Ketchup", "回复：Ketchup", "転送: 返信: Ketchup",
        "AW: WG: Ketchup", "ＲＥ：Ketchup", "[a] [b] fwd: Ketchup",
    ],
)  # fmt: skip
def test_one_conversation(subject: str) -> None:
    assert base_subject(subject) == "ketchup"


@pytest.mark.parametrize("subject", ["Regarding ketchup", "Research: ketchup", "[ketchup]", "reply"])
def test_words_that_only_look_like_prefixes_stay(subject: str) -> None:
    assert base_subject(subject) == subject.lower()


def test_hangul_is_equal_in_either_normal_form() -> None:
    assert base_subject("Re: 회의") == base_subject("\u1112\u116c\u110b\u1174")


@given(st.text(alphabet="re: [](fwd)\t답장:a", max_size=200))
def test_peeling_again_changes_nothing(subject: str) -> None:
    once = base_subject(subject)
    assert base_subject(once) == once


def test_a_hostile_subject_is_quick() -> None:
    assert base_subject("[" * 500_000 + "re:" * 500_000) != ""
