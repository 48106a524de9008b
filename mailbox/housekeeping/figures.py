"""What the hours brought, once letters have travelled: counted by the clock into one row an hour, so that a page reads
a few rows whatever the history."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Func, IntegerField, Max, QuerySet, Sum, Value
from django.utils import timezone

from mailbox.models import Attempt, Folder, Hour, Message, Recipient

HOUR = timedelta(hours=1)
BEHIND = 48  # hours that are caught up with at most, after the clock was away
KEPT = timedelta(days=100)
COUNTED = ("delivered", "deferred", "bounced", "received")
State = Recipient.State


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


EACH = Count("pk")
LATER = Func(F("verdicts"), Value(Attempt.Verdict.LATER), template="cardinality(array_positions(%(expressions)s))")
TAKEN = Median(ExpressionWrapper(F("done_at") - F("outgoing__not_before"), output_field=DurationField()))


def count(now: datetime | None = None) -> None:
    """Write the rows of this hour and of the one before anew, and those that were missed. Twice is once."""
    moment = now or timezone.now()
    this = moment.replace(minute=0, second=0, microsecond=0)
    last = Hour.objects.filter(domain="").aggregate(last=Max("start"))["last"] or this
    first = max(min(last, this - HOUR), this - BEHIND * HOUR)
    for number in range((this - first) // HOUR + 1):
        count_hour(first + number * HOUR)
    Hour.objects.filter(start__lt=moment - KEPT).delete()


def count_hour(start: datetime) -> None:
    within = (start, start + HOUR - timedelta(microseconds=1))
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for what, rows, counted, path in _sources(within):
        for domain, number in rows.values_list(path).annotate(number=counted).order_by():
            found[domain][what] = number
    for domain, taken in _sent(within).values_list("outgoing__mailbox__domain").annotate(taken=TAKEN).order_by():
        found[domain]["seconds"] = taken.total_seconds()
    whole = dict(Counter[str]({what: sum(row.get(what, 0) for row in found.values()) for what in COUNTED}))
    taken = _sent(within).aggregate(taken=TAKEN)["taken"]
    found[""] = {**whole, "seconds": taken.total_seconds() if taken else None}
    Hour.objects.bulk_create(
        (Hour(start=start, domain=domain, **row) for domain, row in found.items()),
        update_conflicts=True,
        unique_fields=["domain", "start"],
        update_fields=[*COUNTED, "seconds"],
    )


def _sent(within: tuple[datetime, datetime]) -> QuerySet[Recipient]:
    return Recipient.objects.filter(state=State.SENT, done_at__range=within)


def _sources(within: tuple[datetime, datetime]) -> Iterable[tuple[str, QuerySet[Any], Aggregate, str]]:
    """What is counted, among which rows, how, and the way from a row to the domain of ours that it belongs to."""
    failed = Recipient.objects.filter(state=State.FAILED, done_at__range=within)
    own = [Folder.Role.SENT, Folder.Role.DRAFTS]
    received = Message.objects.filter(internal_date__range=within).exclude(placements__folder__role__in=own)
    put_off = Attempt.objects.filter(finished_at__range=within, verdicts__contains=[Attempt.Verdict.LATER])
    return (
        ("delivered", _sent(within), EACH, "outgoing__mailbox__domain"),
        ("deferred", put_off, Sum(LATER, output_field=IntegerField()), "outgoing__mailbox__domain"),
        ("bounced", failed, EACH, "outgoing__mailbox__domain"),
        ("received", received, EACH, "mailbox__domain"),
    )
