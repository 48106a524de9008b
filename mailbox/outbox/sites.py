"""How much a destination bears: talks at a time by 1/N feedback, and a pause for one that does not answer.

A slot is used by a lease that stands, so a worker that was killed gives its slot back when its lease is over; nothing is
counted up and down. A lost row costs speed, no mail.
"""

from datetime import datetime, timedelta

from django.db import transaction

from mailbox.models import Recipient, Site
from mailbox.outbox.rules import Rules


def free_slots(site: Site, moment: datetime, rules: Rules) -> int:
    """How many more talks may begin there; in the caller's transaction, which holds the row. One talk finds out whether a
    dead site lives again."""
    if site.dead_until and site.dead_until > moment:
        return 0
    leases = Recipient.objects.filter(site=site.key, state=Recipient.State.LEASED, lease_until__gt=moment)
    busy = leases.values("lease_token").distinct().count()
    return (1 if site.dead_until else int(site.slots)) - busy


@transaction.atomic
def learn(key: str, moment: datetime, rules: Rules, *, taken: int = 0, trouble: str = "", slower: bool = False) -> None:
    """What a claim met: `taken` letters went over; the site could not be reached (`trouble` says why); it wants fewer of us
    at a time (`slower`: a 421)."""
    site = Site.objects.select_for_update().filter(key=key).first()
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
