"""Where a letter is, for the page and the command: read once, frozen, in words."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailbox.models import Attempt, Outgoing, Recipient
from mailbox.outbox.rules import RULES
from mailbox.outbox.words import sentence

State = Recipient.State

# The worst first: what a letter's own state is, and the order of its addressees.
ORDER = [
    State.FAILED, State.UNKNOWN, State.HELD, State.DEFERRED, State.LEASED, State.QUEUED, State.SCHEDULED, State.SENT,
    State.CANCELLED,
]  # fmt: skip
WAITS, BUSY, OK, BAD = "wait", "busy", "ok", "bad"
TONES = {
    State.FAILED: BAD, State.UNKNOWN: BAD, State.HELD: WAITS, State.DEFERRED: WAITS, State.LEASED: BUSY, State.QUEUED: WAITS,
    State.SCHEDULED: WAITS, State.SENT: OK, State.CANCELLED: WAITS,
}  # fmt: skip
STOPS = {WAITS: "1", BUSY: "2", OK: "3", BAD: "x"}
RETRIED = {State.FAILED, State.UNKNOWN, State.HELD, State.DEFERRED}
CANCELLED = {State.SCHEDULED, State.QUEUED, State.DEFERRED, State.HELD}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue: `who` is "C" (we), "S" (the server) or "!" (a remark); `seconds` since the start."""

    seconds: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt. `finished_at` is None while it goes on; `tls` is empty on a plain line."""

    started_at: datetime
    finished_at: datetime | None
    host: str = ""
    address: str = ""
    tls: str = ""
    trouble: str = ""
    dialogue: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One addressee. `state` is a Recipient.State and `label` its word; `tone` (wait, busy, ok, bad) and `stop` (1, 2, 3,
    x) are how far the route is drawn; `sentence` says what happened and `reply` how the server put it; `at` is when it
    was decided, `next_at` when it goes on."""

    id: int
    address: str
    name: str
    kind: str
    state: str
    label: str
    tone: str
    stop: str
    sentence: str
    host: str
    reply: str
    at: datetime | None
    next_at: datetime | None
    tries: tuple[Try, ...]
    came_back: bool = False  # a bounce told of it, after its server had accepted the letter


@dataclass(frozen=True, slots=True)
class Fate:
    """The letter's state is that of its worst addressee; `line` counts them in words. `undo_until` is None when it is too
    late to undo; `leaves_at` is the time that a person chose for it. `is_final`: nothing will change any more, so a page
    need not ask again."""

    state: str
    tone: str
    line: str
    destinations: tuple[Destination, ...]
    undo_until: datetime | None
    leaves_at: datetime | None
    may_retry: bool
    may_cancel: bool
    is_final: bool


def fate(outgoing: Outgoing) -> Fate:
    """Two queries, whatever the number of addressees and attempts."""
    recipients = sorted(outgoing.recipients.all(), key=lambda one: (ORDER.index(State(one.state)), one.pk))
    states = {State(recipient.state) for recipient in recipients}
    worst = next((state for state in ORDER if state in states), State.CANCELLED)
    tries = _tries(outgoing, recipients)
    return Fate(
        state=worst.value,
        tone=TONES[worst],
        line=_line(Counter(State(one.state) for one in recipients)),
        destinations=tuple(_destination(one, tries[one.pk]) for one in recipients),
        undo_until=outgoing.not_before if states == {State.SCHEDULED} else None,
        may_retry=any(one.state in RETRIED and not one.stopped for one in recipients),
        leaves_at=outgoing.not_before if states == {State.SCHEDULED} and outgoing.chosen else None,
        may_cancel=bool(states & CANCELLED),
        is_final=states <= set(Recipient.FINAL),
    )


def _destination(recipient: Recipient, tries: Sequence[Try]) -> Destination:
    state = State(recipient.state)
    return Destination(
        id=recipient.pk,
        address=recipient.address,
        name=recipient.name,
        kind=recipient.kind,
        state=state.value,
        label=str(state.label),
        tone=TONES[state],
        stop=STOPS[TONES[state]],
        sentence=sentence(recipient),
        host=recipient.host,
        reply=recipient.reply,
        at=recipient.done_at,
        next_at=recipient.next_at if state in {State.SCHEDULED, State.QUEUED, State.DEFERRED} else None,
        tries=tuple(tries),
        came_back=recipient.bounced_at is not None and state == State.FAILED,
    )


def _tries(outgoing: Outgoing, recipients: Sequence[Recipient]) -> dict[int, list[Try]]:
    """By recipient, oldest first. A talk that has not come to its dot stands nowhere but in the lease."""
    found: dict[int, list[Try]] = defaultdict(list)
    for attempt in outgoing.attempts.order_by("pk"):
        one = _try(attempt)
        for pk in attempt.recipients:
            found[pk].append(one)
    for recipient in recipients:
        tries = found[recipient.pk]
        if recipient.lease_until and not (tries and tries[-1].finished_at is None):
            tries.append(Try(recipient.lease_until - RULES.lease, None))  # when its worker was last heard of
    return found


def _try(attempt: Attempt) -> Try:
    return Try(
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        host=attempt.host,
        address=attempt.address,
        tls=attempt.tls,
        trouble=attempt.trouble,
        dialogue=tuple(Line(*line) for line in attempt.dialogue),
    )


def _line(states: Counter[State]) -> str:
    """Such as "1 delivered, 1 on its way, 1 waiting, 1 failed"."""
    sent, busy, failed = states[State.SENT], states[State.LEASED], states[State.FAILED]
    waiting = states[State.SCHEDULED] + states[State.QUEUED] + states[State.DEFERRED]
    stuck = states[State.HELD] + states[State.UNKNOWN]
    counts = [
        (sent, ngettext("%(count)d delivered", "%(count)d delivered", sent)),
        (busy, ngettext("%(count)d on its way", "%(count)d on their way", busy)),
        (waiting, ngettext("%(count)d waiting", "%(count)d waiting", waiting)),
        (stuck, ngettext("%(count)d needs you", "%(count)d need you", stuck)),
        (failed, ngettext("%(count)d failed", "%(count)d failed", failed)),
    ]
    return ", ".join(words % {"count": count} for count, words in counts if count) or _("Stopped")
