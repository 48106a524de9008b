"""Verdicts: what a code means depends on what it answers."""

import pytest

from mailbox.smtp.phase import Phase
from mailbox.smtp.reply import Reply
from mailbox.smtp.verdict import Verdict, is_overflow, judge, lost

A, L, R, U, H = Verdict.ACCEPTED, Verdict.LATER, Verdict.REFUSED, Verdict.UNKNOWN, Verdict.HELD


@pytest.mark.parametrize(
    ("code", "phase", "verdict"),
    [
        (250, Phase.RCPT, A), (251, Phase.RCPT, A), (252, Phase.RCPT, A), (250, Phase.DOT, A),
        (450, Phase.RCPT, L), (451, Phase.DATA, L), (452, Phase.MAIL, L), (421, Phase.RCPT, L), (421, Phase.DOT, L),
        (451, Phase.DOT, L),
        (550, Phase.RCPT, R), (554, Phase.DATA, R), (552, Phase.DOT, R), (550, Phase.MAIL, R), (535, Phase.RCPT, R),
        (503, Phase.DATA, L), (250, Phase.DATA, L), (354, Phase.RCPT, L), (334, Phase.MAIL, L),
        (354, Phase.DOT, U),
    ],
)  # fmt: skip
def test_a_code_where_it_comes(code: int, phase: Phase, verdict: Verdict) -> None:
    assert judge(Reply(code), phase) == verdict


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_our_own_server_wants_us_to_sign_in(code: int) -> None:
    assert judge(Reply(code), Phase.MAIL, submission=True) == H


def test_a_lost_line_is_unknown_only_after_the_dot() -> None:
    assert lost("It hung up.", Phase.DOT).verdict == U
    assert {lost("It hung up.", phase).verdict for phase in Phase if phase is not Phase.DOT} == {L}


@pytest.mark.parametrize(
    ("code", "text", "overflow"),
    [
        (452, "4.5.3 too many recipients", True),
        (452, "too many", True),
        (552, "too many", True),
        (452, "4.3.1 full disk", True),
        (452, "4.2.2 mailbox full", False),
        (552, "5.2.2 mailbox full", False),
        (550, "5.5.3 too many", False),
    ],
)
def test_too_many_recipients_is_told_from_a_full_mailbox(code: int, text: str, overflow: bool) -> None:
    assert is_overflow(Reply(code, (text,))) is overflow
