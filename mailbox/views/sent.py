"""Where the letters of a sent folder's rows are, in a few words each: one question a page, however many rows."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from mailbox.models import Recipient
from mailbox.outbox.fate import ORDER, TONES
from mailbox.templatetags.delivery import STATE_ICONS
from mailbox.templatetags.look import moment

State = Recipient.State


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The state of the newest letter that this house has sent in a conversation; `tone` is its signal (data-s)."""

    tone: str
    icon: str
    words: str


def whereabouts(threads: Collection[int]) -> dict[int, Whereabouts]:
    """By conversation; none for letters that another program sent."""
    return _asked("outgoing__filed__thread", threads)


def of_letters(letters: Collection[int]) -> dict[int, Whereabouts]:
    """By letter."""
    return _asked("outgoing__filed", letters)


def _asked(path: str, ids: Collection[int]) -> dict[int, Whereabouts]:
    if not ids:
        return {}
    asked = Recipient.objects.filter(**{f"{path}__in": ids}).order_by("outgoing")
    newest: dict[int, tuple[int, list[tuple[State, datetime]]]] = {}
    for thread, outgoing, state, next_at in asked.values_list(path, "outgoing", "state", "next_at"):
        if thread not in newest or newest[thread][0] != outgoing:
            newest[thread] = (outgoing, [])
        newest[thread][1].append((State(state), next_at))
    return {thread: _whereabouts(found) for thread, (_, found) in newest.items()}


def _whereabouts(found: list[tuple[State, datetime]]) -> Whereabouts:
    counts = Counter(state for state, _ in found)
    worst = next(state for state in ORDER if counts[state])
    return Whereabouts(TONES[worst], STATE_ICONS[worst], _words(worst, counts[worst], found))


def _words(worst: State, count: int, found: list[tuple[State, datetime]]) -> str:
    """Delivered, Delivered to 5, Trying again 08:15, 1 of 4 not delivered."""
    if worst == State.DEFERRED:
        return f"{worst.label} {moment(min(at for state, at in found if state == worst))}"
    if len(found) == 1 or worst not in {State.SENT, State.FAILED}:
        return str(worst.label)
    if worst == State.SENT:
        return ngettext("Delivered to %(count)d", "Delivered to %(count)d", count) % {"count": count}
    return gettext("%(count)d of %(all)d not delivered") % {"count": count, "all": len(found)}
