"""One pass at a time over one Mailbox, wherever its workers run; a worker that slept too long is fenced off.

    take    lease_token + 1, lease_until = now + 90 s, if nobody holds it
    hold    in every transaction that writes: the token must still be ours, and the lease is prolonged
    release lease_until = null, if the token is still ours

The clock is the database's own, because the clocks of machines differ.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from mailbox.models import Mailbox

LEASE = timedelta(seconds=90)


class LeaseLost(Exception):
    """Another worker has taken this Mailbox over; nothing of ours may be written any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    mailbox_id: int
    token: int

    def hold(self) -> None:
        """Raises LeaseLost. Inside a transaction no other worker gets in before it ends."""
        if not self._ours().update(lease_until=Now() + LEASE):
            raise LeaseLost

    def release(self) -> None:
        self._ours().update(lease_until=None)

    def _ours(self) -> QuerySet[Mailbox]:
        return Mailbox.objects.filter(pk=self.mailbox_id, lease_token=self.token)


@transaction.atomic  # the row stays locked, so the token that is read is the one just written
def take(mailbox_id: int) -> Lease | None:
    """The lease, or None while another worker has it."""
    free = Mailbox.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now()), pk=mailbox_id)
    if not free.update(lease_token=F("lease_token") + 1, lease_until=Now() + LEASE):
        return None
    return Lease(mailbox_id, Mailbox.objects.values_list("lease_token", flat=True).get(pk=mailbox_id))
