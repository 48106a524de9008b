"""What a reply means for the addressee, by its code and by what it answers (RFC 5321 section 4.2). Pure."""

from enum import StrEnum
from typing import NamedTuple

from mailbox.smtp.phase import Phase
from mailbox.smtp.reply import Reply


class Verdict(StrEnum):
    ACCEPTED = "accepted"  # that server has the letter now, and the duty to deliver it
    LATER = "later"  # not now
    REFUSED = "refused"  # not ever
    UNKNOWN = "unknown"  # the line died after the final dot: perhaps it has the letter
    HELD = "held"  # our own submission server does not know us: nothing goes before somebody signs in again
    OVERFLOW = "overflow"  # too many addressees for this transaction; the next one takes this one


class Outcome(NamedTuple):
    """What became of one addressee; `trouble` is one plain sentence where no reply says it."""

    verdict: Verdict
    reply: Reply | None = None
    trouble: str = ""


SIGN_IN = {530, 534, 535, 538}  # RFC 4954 section 6
NOT_NOW = {421, 503}  # closing down (section 3.8); out of step with us, so that talk proves nothing
FULL = {452, 552}  # "too many recipients" has been either (section 4.5.3.1.10)


def judge(reply: Reply, phase: Phase, *, submission: bool = False) -> Verdict:
    """`submission`: the server is our own way out, so "authentication required" is about us and not about the letter."""
    if submission and reply.code in SIGN_IN:
        return Verdict.HELD
    if reply.code in NOT_NOW or reply.kind == 4:
        return Verdict.LATER
    if reply.kind == 5:
        return Verdict.REFUSED
    if reply.kind == 2 and phase is not Phase.DATA:
        return Verdict.ACCEPTED
    return Verdict.UNKNOWN if phase is Phase.DOT else Verdict.LATER


def is_overflow(reply: Reply) -> bool:
    """Whether this refusal of an addressee, after others were accepted, means "no more in this transaction".

    With an enhanced code about the mailbox itself (X.1.z, X.2.z: full, disabled) it does not."""
    return reply.code in FULL and reply.enhanced[2:4] not in {"1.", "2."}


def lost(sentence: str, phase: Phase) -> Outcome:
    """The line died while that was waited for."""
    return Outcome(Verdict.UNKNOWN if phase is Phase.DOT else Verdict.LATER, trouble=sentence)
