"""How often a provider is disturbed: so many sign-ins a second and so many passes at a time for each host, whichever process
asks. After a restart, or an outage, that is the ramp; who is here now goes first and never waits.

A sign-in moves the host's mark on by one step; while the mark is further ahead of the clock than a burst, others wait. The
passes under way are counted by their leases, so nothing is left over when a worker is killed.

Some providers also count octets, and lock a person out of their own mailbox for a day. Older letters wait for the next day
before that happens; new ones, and what people do and open, go on.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from mailbox.models import Host, Mailbox
from mailbox.sync.profiles import profile_of

URGENT = timedelta(minutes=5)  # a person who was here so lately may be waiting
BURST = 10  # sign-ins that may come together after a quiet time
TOMORROW = "The provider gives no more letters today than have come. Older ones follow tomorrow; new ones come as always."
PATIENCE = (1.0, 5.0)  # seconds until who must wait asks again


def wait_for(mailbox: Mailbox, take_kept: Callable[[], bool] = lambda: False) -> float:
    """Seconds before another line to this server is asked for again; 0.0: go on, and it is written down, unless a kept line
    could be taken."""
    if not mailbox.host:
        return 0.0
    urgent = _is_urgent(mailbox)
    if not urgent and _passes(mailbox) >= profile_of(mailbox).passes:
        return random.uniform(*PATIENCE)  # noqa: S311 it spreads load, it guards nothing
    if take_kept() or sign_in(mailbox, burst=None if urgent else BURST):
        return 0.0
    return random.uniform(*PATIENCE)  # noqa: S311


def sign_in(mailbox: Mailbox, *, burst: int | None = None) -> bool:
    """Whether the mark was moved on, or there was none yet; by who is here, and has no `burst`, in any case."""
    step = timedelta(seconds=1 / profile_of(mailbox).logins)
    hosts = Host.objects.filter(name=mailbox.host)
    free = hosts if burst is None else hosts.filter(next_login_at__lte=Now() + burst * step)
    if free.update(next_login_at=Greatest(F("next_login_at"), Now()) + step):
        return True
    return Host.objects.get_or_create(name=mailbox.host, defaults={"next_login_at": timezone.now()})[1] or burst is None


def spend(mailbox: Mailbox, octets: int) -> None:
    """So many came from a provider that counts them; the count begins anew with the day (UTC)."""
    if not octets or not profile_of(mailbox).octets:
        return
    today = timezone.now().date()
    row = Mailbox.objects.filter(pk=mailbox.pk)
    if not row.filter(octets_on=today).update(octets=F("octets") + octets):
        row.update(octets=octets, octets_on=today)


def is_spent(mailbox: Mailbox, more: int = 0) -> bool:
    """Whether its share of today has come, with `more` that is not written down yet."""
    share = profile_of(mailbox).octets
    if not share:
        return False
    today = Mailbox.objects.filter(pk=mailbox.pk, octets_on=timezone.now().date()).values_list("octets", flat=True).first()
    return (today or 0) + more >= share


def _is_urgent(mailbox: Mailbox) -> bool:
    return mailbox.state == Mailbox.State.NEW or timezone.now() - mailbox.seen_at < URGENT


def _passes(mailbox: Mailbox) -> int:
    return Mailbox.objects.filter(host=mailbox.host, lease_until__gt=Now()).exclude(pk=mailbox.pk).count()
