"""Times that a page offers for later, and what a person chose, in the person's own zone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from mailbox.templatetags.look import moment

MORNING, LATE_MORNING, EVENING, NIGHT = time(8), time(9), time(18), time(21)
SOON = timedelta(hours=1)  # what comes sooner is not worth an offer
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """`key` is what the form sends, `shown` when it would be."""

    key: str
    label: str
    when: datetime

    @property
    def shown(self) -> str:
        return moment(self.when)


def offers(now: datetime | None = None) -> list[Offer]:
    """Later today, tomorrow, this weekend, next week: those that make sense now."""
    now = now or timezone.localtime()

    def at(days: int, hour: time) -> datetime:
        return datetime.combine(now.date() + timedelta(days=days), hour, now.tzinfo)

    evening = next((at(0, hour) for hour in (EVENING, NIGHT) if at(0, hour) - now >= SOON), None)
    found = [Offer("today", gettext("Later today"), evening)] if evening else []
    found.append(Offer("tomorrow", gettext("Tomorrow"), at(1, MORNING)))
    if now.weekday() < SATURDAY - 1:
        found.append(Offer("weekend", gettext("This weekend"), at(SATURDAY - now.weekday(), LATE_MORNING)))
    found.append(Offer("week", gettext("Next week"), at(7 - now.weekday(), MORNING)))
    return found


def chosen(key: str, typed: str) -> datetime | None:
    """The time of that offer, or with "at" the one that was typed; None for nonsense."""
    if key != "at":
        return next((offer.when for offer in offers() if offer.key == key), None)
    try:
        when = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return timezone.make_aware(when) if timezone.is_naive(when) else when
