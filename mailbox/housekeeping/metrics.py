"""The figures of the letters' traffic for monitoring, as Prometheus reads them (text exposition format 0.0.4)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import CharField, Count, F, Func, Max, Min
from django.utils import timezone

from mailbox import heartbeat
from mailbox.models import Attempt, Hour, Mailbox, Recipient
from mailbox.models.outgoing import DUE_STATES

State = Recipient.State
OPEN = [*DUE_STATES, State.LEASED, State.HELD, State.UNKNOWN]
SITES = 100  # that are named; a house that writes to more has its biggest ones here
WINDOW = timedelta(hours=1)
EACH = Func(F("verdicts"), function="unnest", output_field=CharField())  # of a talk: a row for each addressee
Sample = tuple[dict[str, str], float]


def text() -> str:
    """What is due, by indexes only: the history is never read."""
    return "".join(
        f"# HELP {name} {words}\n# TYPE {name} gauge\n" + "".join(_line(name, labels, value) for labels, value in samples)
        for name, words, samples in _families()
    )


def _families() -> Iterator[tuple[str, str, Iterable[Sample]]]:
    depth = list(_depth())
    yield "relish_queue_recipients", "Addressees in the message queue.", [({"state": s}, n) for s, n, _ in depth]
    yield "relish_queue_oldest_seconds", "Age of the oldest letter in that state.", [({"state": s}, a) for s, _, a in depth]
    yield "relish_attempts", "Verdicts of the last hour, by the server that gave them.", _attempts()
    yield "relish_hour", "What the last whole hour brought.", _hour()
    yield "relish_delivery_seconds", "Half of the letters of the last whole hour took no longer.", _seconds()
    yield "relish_mailboxes", "Mailboxes, by the condition of their mirror.", _mailboxes()
    yield "relish_pass_lag_seconds", "How long the mailbox that is furthest behind has waited for a pass.", _lag()
    yield "relish_heartbeat_seconds", "Since clock, broker, worker and database were last heard together.", _pulse()


def _depth() -> Iterator[tuple[str, int, float]]:
    now = timezone.now()
    for state in OPEN:
        found = Recipient.objects.filter(state=state).aggregate(number=Count("pk"), oldest=Min("outgoing__not_before"))
        age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
        yield str(state), found["number"], max(age, 0.0)


def _attempts() -> Iterator[Sample]:
    recent = Attempt.objects.filter(finished_at__gte=timezone.now() - WINDOW).exclude(host="")
    hosts = list(
        recent.values_list("host").annotate(number=Count("pk")).order_by("-number").values_list("host", flat=True)[:SITES]
    )
    rows = recent.filter(host__in=hosts).annotate(verdict=EACH).values_list("host", "verdict")
    for host, verdict, number in rows.annotate(number=Count("pk")).order_by():
        yield {"site": host, "verdict": verdict}, number


def _last_hour() -> Hour | None:
    this = timezone.now().replace(minute=0, second=0, microsecond=0)
    return Hour.objects.filter(domain="", start=this - WINDOW).first()


def _hour() -> Iterator[Sample]:
    row = _last_hour() or Hour()
    for what in ("delivered", "deferred", "bounced", "received"):
        yield {"what": what}, getattr(row, what)


def _seconds() -> Iterator[Sample]:
    row = _last_hour()
    if row and row.seconds is not None:
        yield {"quantile": "0.5"}, row.seconds


def _mailboxes() -> Iterator[Sample]:
    counts = dict(Mailbox.objects.values_list("state").annotate(number=Count("pk")).order_by())
    for state in Mailbox.State:
        yield {"state": state.value}, counts.get(state.value, 0)


def _lag() -> Iterator[Sample]:
    """By the time that its next look was due."""
    now = timezone.now()
    oldest = Mailbox.objects.aggregate(oldest=Min("next_poll_at"), newest=Max("last_good_pass"))["oldest"]
    yield {}, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0


def _pulse() -> Iterator[Sample]:
    for queue in heartbeat.QUEUES:
        age = heartbeat.age(queue)
        if age is not None:
            yield {"queue": queue}, age


def _line(name: str, labels: dict[str, str], value: float) -> str:
    named = ",".join(f'{key}="{_escaped(words)}"' for key, words in labels.items())
    return f"{name}{{{named}}} {value:g}\n" if named else f"{name} {value:g}\n"


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
