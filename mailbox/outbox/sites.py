"""How much a destination bears: talks at a time by 1/N feedback, and a pause for one that does not answer.

A slot is used by a lease that stands, so a worker that was killed gives its slot back when its lease is over; nothing is
counted up and down. Domains whose mail the same hosts take share one Site: DNS is asked before a domain's letters are
claimed. A lost row costs speed, no mail.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now

from mailbox.models import Destination, Recipient, Site
from mailbox.outbox import ways
from mailbox.outbox.rules import Rules
from mailbox.wire import TryLater

SEEN_FOR = timedelta(hours=1)
BUSY = (
    "SELECT count(DISTINCT lease_token) FROM mailbox_recipient WHERE state = 'leased' AND lease_until > %s"
    " AND site = ANY(ARRAY(SELECT domain FROM mailbox_destination WHERE site = %s)::text[] || %s::text)"
)


def meet(key: str) -> None:
    """Find out which hosts take that domain's mail, if nobody has within the hour; outside any transaction. `key` is what
    stands on the Recipients; a Mailbox's own way out is nobody else's."""
    if "/" in key or Destination.objects.filter(domain=key, seen_at__gt=Now() - SEEN_FOR).exists():
        return
    try:
        group = ways.group_of(key)
    except TryLater:  # its own name servers' silence is no fault of those who take mail for others too
        Destination.objects.filter(domain=key).delete()
        return
    Destination.objects.update_or_create(domain=key, defaults={"site": group, "seen_at": Now()})


def lock(key: str) -> Site:
    """In the caller's transaction: who claims there waits for whom, for a moment. Made if it is new."""
    if found := Site.objects.select_for_update(of=("self",)).filter(key=_home(key)).first():
        return found
    home = Destination.objects.filter(domain=key).values_list("site", flat=True).first() or key
    return Site.objects.select_for_update().get_or_create(key=home)[0]


def left_alone() -> Q:
    """Recipients of sites that are dead for now."""
    dead = Site.objects.filter(dead_until__gt=Now()).values("key")
    return Q(site__in=dead) | Q(site__in=Destination.objects.filter(site__in=dead).values("domain"))


def going_to(key: str) -> Q:
    """Recipients whose mail the hosts of that Site take."""
    return Q(site=key) | Q(site__in=Destination.objects.filter(site=key).values("domain"))


def wake(keys: QuerySet[Recipient, Any]) -> None:
    """Look there now: a person asks."""
    shared = Destination.objects.filter(domain__in=keys).values("site")
    Site.objects.filter(Q(key__in=keys) | Q(key__in=shared)).update(dead_until=None)


def free_slots(site: Site, moment: datetime, rules: Rules) -> int:
    """How many more talks may begin there; in the caller's transaction, which holds the row. One talk finds out whether a
    dead site lives again."""
    if site.dead_until and site.dead_until > moment:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(BUSY, [moment, site.key, site.key])
        busy = int(cursor.fetchone()[0])
    return (1 if site.dead_until else int(site.slots)) - busy


@transaction.atomic
def learn(key: str, moment: datetime, rules: Rules, *, taken: int = 0, trouble: str = "", slower: bool = False) -> None:
    """What a claim met: `taken` letters went over; the site could not be reached (`trouble` says why); it wants fewer of us
    at a time (`slower`: a 421)."""
    site = Site.objects.select_for_update(of=("self",)).filter(key=_home(key)).first()
    if site is None:
        return
    if trouble:
        site.failures += 1
        site.trouble = trouble
        site.dead_until = moment + pause(site.failures, rules) if site.failures >= rules.dead_after else None
    else:
        site.failures, site.dead_until, site.trouble, site.last_ok_at = 0, None, "", moment
    site.slots = slots_after(site.slots, rules, taken=taken, failed=bool(trouble) or slower)
    site.save(update_fields=["slots", "failures", "dead_until", "trouble", "last_ok_at"])


def slots_after(slots: float, rules: Rules, *, taken: int, failed: bool) -> float:
    """A failure takes one slot at once; a success gives 1/N of one, so that N successes in a row give one back."""
    if failed:
        return max(slots - 1, 1)
    return min(slots + taken / slots, rules.most_slots)


def pause(failures: int, rules: Rules) -> timedelta:
    """How long a dead site is left alone: a minute, then twice as long each time, a quarter of an hour at most."""
    doublings = min(failures - rules.dead_after, 10)
    return min(rules.dead_first * float(2**doublings), rules.dead_most)


def _home(key: str) -> Coalesce:
    """The key of the Site whose hosts take that domain's mail; itself, where nobody has looked."""
    return Coalesce(Subquery(Destination.objects.filter(domain=key).values("site")), Value(key))
