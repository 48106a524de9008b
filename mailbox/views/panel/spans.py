"""The last day, week or month of the letters' traffic: hourly rows gathered into the columns of the picture, and the sums."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from accounts.models import User
from mailbox.models import Hour
from mailbox.models.house import wards_of
from mailbox.templatetags.look import clock, shown
from mailbox.views.panel.chart import Slot

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """So many columns of so many hours; every `labelled`th has its time below."""

    key: str
    columns: int
    hours: int
    labelled: int


SPANS = {span.key: span for span in (Span("24h", 24, 1, 3), Span("7d", 28, 6, 4), Span("30d", 30, 24, 5))}


@dataclass(frozen=True, slots=True)
class Sums:
    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    slots: list[Slot]
    now: Sums
    before: Sums  # of as long a time before
    seconds: float | None  # half of the letters took no longer


def words_of(span: Span) -> str:
    """What the button says."""
    return {"24h": gettext("24 h"), "7d": gettext("7 days"), "30d": gettext("30 days")}[span.key]


def heading_of(span: Span) -> str:
    return {
        "24h": gettext("Delivery, last 24 hours"),
        "7d": gettext("Delivery, last 7 days"),
        "30d": gettext("Delivery, last 30 days"),
    }[span.key]


def traffic(user: User, span: Span) -> Traffic:
    end = timezone.now().replace(minute=0, second=0, microsecond=0) + HOUR
    long = span.columns * span.hours * HOUR
    begin = end - long
    rows = list(Hour.objects.within(wards_of(user)).filter(start__gte=begin - long, start__lt=end))
    now = [row for row in rows if row.start >= begin]
    parts = [[row for row in now if (row.start - begin) // (span.hours * HOUR) == number] for number in range(span.columns)]
    slots = [_slot(span, number, begin + number * span.hours * HOUR, _sum(part)) for number, part in enumerate(parts)]
    return Traffic(slots, _sum(now), _sum([row for row in rows if row.start < begin]), _seconds(now))


def _sum(rows: list[Hour]) -> Sums:
    return Sums(*(sum(getattr(row, name) for row in rows) for name in Sums.__slots__))


def _seconds(rows: list[Hour]) -> float | None:
    """The middle of the hours' middles, each as heavy as its letters."""
    weighed = sorted((row.seconds, row.delivered) for row in rows if row.seconds is not None and row.delivered)
    half = sum(weight for _, weight in weighed) / 2
    for seconds, weight in weighed:
        half -= weight
        if half <= 0:
            return seconds
    return None


def _slot(span: Span, number: int, start: datetime, sums: Sums) -> Slot:
    short = _label(span, start)
    when = f"{short} {clock(start)}" if span.key == "7d" else short
    title = gettext("%(when)s: %(delivered)s delivered, %(deferred)s deferred, %(bounced)s bounced") % {
        "when": when,
        "delivered": f"{sums.delivered:,}",
        "deferred": f"{sums.deferred:,}",
        "bounced": f"{sums.bounced:,}",
    }
    label = short if number % span.labelled == 0 else ""
    return Slot(when, title, label, sums.delivered, sums.deferred, sums.bounced)


def _label(span: Span, start: datetime) -> str:
    if span.key == "24h":
        return clock(start)
    return shown(timezone.localtime(start), pgettext("date", "j M"))
