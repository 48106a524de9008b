"""The message queue as a whole, as operators see it: who waits for what, and the three deeds that help. What a letter
says is never read here."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from mailbox import live
from mailbox.bell import ring
from mailbox.models import Outgoing, Recipient, Site
from mailbox.models.house import wards_of
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox import sites
from mailbox.outbox.fate import CANCELLED, RETRIED
from mailbox.outbox.schedule import LIFE

State = Recipient.State
LOOKED_AT = 20  # dead sites
HELD = [State.HELD, State.UNKNOWN]
SHELVES = ("waiting", "sending", "held", "failed")  # what the page shows apart


def recipients_for(user: User) -> QuerySet[Recipient]:
    """The addressees that this person looks after."""
    wards = wards_of(user)
    return Recipient.objects.all() if wards is None else Recipient.objects.filter(outgoing__mailbox__domain__in=wards)


def shelf(user: User, name: str) -> QuerySet[Recipient]:
    """Those of one shelf, in the order of the page."""
    rows = recipients_for(user)
    if name == "failed":
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return rows.filter(state=State.FAILED, done_at__gte=today).order_by("-done_at", "-pk")
    if name == "sending":
        return rows.filter(state=State.LEASED).order_by("lease_until", "pk")
    if name == "held":
        return rows.filter(state__in=HELD).order_by("pk")
    return rows.filter(state__in=DUE_STATES).order_by("next_at", "pk")


def matching(rows: QuerySet[Recipient], words: str, person: str = "", site: str = "") -> QuerySet[Recipient]:
    """Those whose addressee, sender or number has these words; of one person of ours; to one domain of theirs."""
    if words:
        number = Q(outgoing=int(words)) if words.isdecimal() and len(words) < 19 else Q()
        rows = rows.filter(Q(address__icontains=words) | Q(outgoing__mailbox__address__icontains=words) | number)
    if person:
        rows = rows.filter(outgoing__mailbox__address__iexact=person)
    return rows.filter(address__iendswith=f"@{site}") if site else rows


@dataclass(frozen=True, slots=True)
class Depth:
    """How many stand on each shelf, and since when the oldest waits."""

    waiting: int
    sending: int
    held: int
    failed: int
    oldest_seconds: float | None


def depth(user: User) -> Depth:
    counts = {name: shelf(user, name).order_by().count() for name in SHELVES}
    due = recipients_for(user).filter(state__in=[State.QUEUED, State.DEFERRED])
    oldest = due.aggregate(oldest=Min("outgoing__not_before"))["oldest"] if counts["waiting"] else None
    return Depth(**counts, oldest_seconds=(timezone.now() - oldest).total_seconds() if oldest else None)


def stuck_sites(user: User, least: int = 3, most: int = 3) -> list[tuple[str, int]]:
    """The servers that put off the most of our letters now."""
    put_off = recipients_for(user).filter(state=State.DEFERRED).exclude(host="")
    found = put_off.values_list("host").annotate(number=Count("pk")).filter(number__gte=least).order_by("-number", "host")
    return list(found[:most])


def dead_sites(user: User, most: int = 3) -> list[tuple[Site, int]]:
    """Those that nobody reaches and that are left alone for now, with how many of our addressees wait for each."""
    found = [
        (site, recipients_for(user).filter(sites.going_to(site.key), state__in=DUE_STATES).count())
        for site in Site.objects.filter(dead_until__gt=timezone.now()).order_by("-failures", "key")[:LOOKED_AT]
    ]
    return [(site, number) for site, number in found if number][:most]


@transaction.atomic
def retry(rows: QuerySet[Recipient]) -> int:
    """Try these now; how many. A failed one gets its time anew."""
    now = timezone.now()
    ids = _locked(rows.filter(state__in=RETRIED | CANCELLED - {State.SCHEDULED}))
    chosen = Recipient.objects.filter(pk__in=ids)
    letters = set(chosen.values_list("outgoing", flat=True))
    Outgoing.objects.filter(pk__in=letters, expires_at__lt=now + LIFE).update(expires_at=now + LIFE)
    Outgoing.objects.filter(pk__in=letters).exclude(held_with=b"").update(held_with=b"")  # the password may be good again
    sites.wake(chosen.values("site"))
    chosen.filter(state=State.FAILED).update(attempts=0)
    chosen.update(state=State.QUEUED, next_at=now, lease_token=None, done_at=None, stopped=False)
    for letter in letters:
        ring("relay.deliver", letter)
    _tell(letters)
    return len(ids)


@transaction.atomic
def hold(rows: QuerySet[Recipient]) -> int:
    """Leave these where they are until an operator says otherwise; the sender sees that on the letter."""
    return _move(rows.filter(state__in=DUE_STATES), state=State.HELD, stopped=True)


@transaction.atomic
def cancel(rows: QuerySet[Recipient]) -> int:
    """Try these no more; the sender sees that on the letter."""
    return _move(rows.filter(state__in=CANCELLED), state=State.CANCELLED, stopped=True, done_at=timezone.now())


def _move(rows: QuerySet[Recipient], **columns: object) -> int:
    ids = _locked(rows)
    Recipient.objects.filter(pk__in=ids).update(**columns)
    _tell(set(Recipient.objects.filter(pk__in=ids).values_list("outgoing", flat=True)))
    return len(ids)


def _locked(rows: QuerySet[Recipient]) -> list[int]:
    """In the order that everybody locks them."""
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _tell(letters: Collection[int]) -> None:
    for letter, mailbox in Outgoing.objects.filter(pk__in=letters).values_list("pk", "mailbox"):
        live.tell_of(mailbox, "outgoing", letter)
