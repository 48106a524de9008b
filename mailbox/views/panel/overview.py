"""The first page of the panel: what travelled, what waits, what needs a hand."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from mailbox.models import Mailbox
from mailbox.models.house import mailboxes_for
from mailbox.views.panel import chart, told
from mailbox.views.panel.gate import ALL, Panel, duty, show
from mailbox.views.panel.needs import needs
from mailbox.views.panel.spans import SPANS, Sums, heading_of, traffic, words_of

LATE = timedelta(minutes=15)
JUST_NOW = 5
State = Mailbox.State


@dataclass(frozen=True, slots=True)
class Share:
    """Mailboxes in one condition."""

    label: str
    note: str
    number: int
    signal: str
    icon: str
    query: str


@duty(*ALL)
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    span = SPANS.get(request.GET.get("span", ""), SPANS["24h"])
    found, panel = traffic(request.user, span), Panel(request.user)
    context = {
        "here": "overview",
        "spans": [(one.key, words_of(one), one == span) for one in SPANS.values()],
        "heading": heading_of(span),
        "traffic": found,
        "chart": chart.draw(found.slots),
        "sentence": sentence_of(found.now),
        "needs": needs(panel),
        "delivered_note": change_of(found.now.delivered, found.before.delivered),
        "bounced_note": share_of(found.now),
        "taken_note": taken_of(found.seconds),
        "waiting_note": age_of(panel.depth.oldest_seconds),
        "shares": shares(request.user),
        "events": told.lines(told.events_for(request.user)[:JUST_NOW]) if panel.may_do else [],
        "panel": panel,
    }
    return show(request, "overview", context)


def sentence_of(sums: Sums) -> str:
    """What the picture says, for who does not see it."""
    return _("%(delivered)s letters delivered, %(deferred)s put off, %(bounced)s bounced.") % {
        name: f"{getattr(sums, name):,}" for name in ("delivered", "deferred", "bounced")
    }


def change_of(now: int, before: int) -> str:
    if not before:
        return _("None in the time before")
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return _("As many as in the time before")
    words = _("%(percent)s%% more than in the time before") if percent > 0 else _("%(percent)s%% fewer than in the time before")
    return words % {"percent": f"{abs(percent):,}"}


def share_of(sums: Sums) -> str:
    whole = sums.delivered + sums.bounced
    return _("%(percent)s%% of the letters") % {"percent": f"{100 * sums.bounced / whole:.1f}" if whole else "0"}


def taken_of(seconds: float | None) -> str:
    if seconds is None:
        return _("Letters by the time they were handed over.")
    if seconds < 120:
        return _("Half of the letters were delivered within %(seconds)s s.") % {"seconds": f"{seconds:.1f}"}
    return _("Half of the letters were delivered within %(minutes)s min.") % {"minutes": f"{seconds / 60:.0f}"}


def age_of(seconds: float | None) -> str:
    """How long the oldest has waited: 3 h 12 min."""
    if seconds is None:
        return _("Nothing waits")
    minutes = int(max(seconds, 0)) // 60
    if minutes < 60:
        return _("Oldest: %(minutes)s min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("Oldest: %(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("Oldest: %(days)s days") % {"days": minutes // 1440}


def shares(user: User) -> list[Share]:
    late = Q(state=State.OK, last_good_pass__lt=timezone.now() - LATE)
    found = list(mailboxes_for(user).values_list("state").annotate(number=Count("pk"), late=Count("pk", filter=late)).order_by())
    counts = {state: number for state, number, _late in found}
    behind = sum(late for _state, _number, late in found)
    importing = counts.get(State.NEW, 0) + counts.get(State.IMPORTING, 0)
    return [
        Share(_("Up to date"), "", counts.get(State.OK, 0) - behind, "ok", "check", "ok"),
        Share(_("Importing"), "", importing, "busy", "refresh-cw", "importing"),
        Share(_("Behind"), _("More than 15 minutes, or the server cannot be reached"), behind + counts.get(State.TROUBLE, 0),
              "wait", "clock", "trouble"),
        Share(_("Cannot sign in"), _("The owner has to enter the password"), counts.get(State.SIGN_IN, 0), "bad",
              "circle-alert", "sign_in"),
        Share(_("No room left"), _("A storage limit is reached; older letters wait"), counts.get(State.FULL, 0), "wait",
              "hard-drive", "full"),
        Share(_("Paused"), "", counts.get(State.PAUSED, 0), "", "pause", "paused"),
    ]  # fmt: skip
