"""What a reply means for the addressee, by its code and by what it answers (RFC 5321 section 4.2). Pure."""

from enum import StrEnum
from typing import NamedTuple

from mailbox.smtp.phase import Phase
from mailbox.smtp.reply import Reply
from mailbox.smtp.rulings import Action, Category, ruling_of


class Verdict(StrEnum):
    ACCEPTED = "accepted"  # that server has the letter now, and the duty to deliver it
    LATER = "later"  # not now
    REFUSED = "refused"  # not ever
    UNKNOWN = "unknown"  # the line died after the final dot: perhaps it has the letter
    HELD = "held"  # our own submission server does not know us: nothing goes before somebody signs in again
    OVERFLOW = "overflow"  # too many addressees for this transaction; the next one takes this one


class Outcome(NamedTuple):
    """What became of one addressee; `trouble` is one plain sentence where no reply says it, `at` what the reply answered."""

    verdict: Verdict
    reply: Reply | None = None
    trouble: str = ""
    at: Phase | None = None


SIGN_IN = {530, 534, 535, 538}  # RFC 4954 section 6
CLOSING = 421  # section 3.8
NOT_NOW = {CLOSING, 503}  # the latter: out of step with us, so that talk proves nothing
FULL = {452, 552}  # "too many recipients" has been either (section 4.5.3.1.10)

NOBODY = {550, 551, 553, 556}  # in answer to RCPT, where no enhanced code says more
HARD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}  # RFC 3463, RFC 7505
VAGUE = {"5.0.0", "5.5.0", "5.4.1", "5.7.1", "5.1.0", "5.2.0"}  # said of unknown users too, if the words say so


def judge(reply: Reply, phase: Phase, *, submission: bool = False) -> Verdict:
    """`submission`: the server is our own way out, so "authentication required" is about us and not about the letter."""
    if submission and reply.code in SIGN_IN:
        return Verdict.HELD
    if reply.code in NOT_NOW:
        return Verdict.LATER
    if reply.kind in {4, 5}:
        return _weigh(reply)
    if reply.kind == 2 and phase is not Phase.DATA:
        return Verdict.ACCEPTED
    return Verdict.UNKNOWN if phase is Phase.DOT else Verdict.LATER


def _weigh(reply: Reply) -> Verdict:
    """By its code, unless the words are known to mean something else."""
    ruling = ruling_of(reply)
    if ruling and ruling.action in {Action.DEFER, Action.SLOW}:
        return Verdict.LATER
    if ruling and ruling.action is Action.REJECT:
        return Verdict.REFUSED
    return Verdict.LATER if reply.kind == 4 else Verdict.REFUSED


def second_chance(outcome: Outcome) -> Outcome:
    """A sender who is refused for policy (5.7.z) the first time comes again, then from another address family: hosts of two
    families often distrust only one."""
    refused = outcome.verdict is Verdict.REFUSED and outcome.at is Phase.MAIL
    if refused and outcome.reply and outcome.reply.enhanced.startswith("5.7."):
        return outcome._replace(verdict=Verdict.LATER)
    return outcome


def asks_to_slow(reply: Reply) -> bool:
    """The server wants fewer of us."""
    ruling = ruling_of(reply)
    return reply.code == CLOSING or (ruling is not None and ruling.action is Action.SLOW)


def is_hard(code: int, enhanced: str, text: str) -> bool:
    """Whether a refusal is about the address itself, so that writing to it again is of no use: "no such user", and not
    "full", "spam" or "your address is on a list"."""
    ruling = ruling_of(Reply(code, tuple(text.split("\n")))) if code else None
    if ruling and ruling.category is not Category.ADDRESS:
        return False
    if enhanced:
        return enhanced in HARD or (ruling is not None and enhanced in VAGUE)
    return code in NOBODY or ruling is not None


def is_overflow(reply: Reply) -> bool:
    """Whether this refusal of an addressee, after others were accepted, means "no more in this transaction".

    With an enhanced code about the mailbox itself (X.1.z, X.2.z: full, disabled) it does not."""
    return reply.code in FULL and reply.enhanced[2:4] not in {"1.", "2."}


def lost(sentence: str, phase: Phase) -> Outcome:
    """The line died while that was waited for."""
    return Outcome(Verdict.UNKNOWN if phase is Phase.DOT else Verdict.LATER, trouble=sentence)
