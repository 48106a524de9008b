"""One pass at a time over one Mailbox, wherever its workers run; a worker that slept too long is fenced off.

    take    lease_token + 1, lease_until = now + 90 s, if nobody holds it
    hold    in every transaction that writes: the token must still be ours, and the lease is prolonged
    release lease_until = null, if the token is still ours

The clock is the database's own, because the clocks of machines differ.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from mailbox.models import Mailbox

LEASE = timedelta(seconds=90)
_TAKE = """
    UPDATE mailbox_mailbox SET lease_token = lease_token + 1, lease_until = statement_timestamp() + %s
    WHERE id = %s AND (lease_until IS NULL OR lease_until < statement_timestamp()) RETURNING *
"""
_HOLD = """
    UPDATE mailbox_mailbox SET lease_until = statement_timestamp() + make_interval(secs => %s)
    WHERE id = %s AND lease_token = %s
"""


class LeaseLost(Exception):
    """Another worker has taken this Mailbox over; nothing of ours may be written any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    mailbox: Mailbox  # as it was when the lease was taken

    def hold(self) -> None:
        """Raises LeaseLost. Inside a transaction no other worker gets in before it ends."""
        if not self._keep(LEASE.total_seconds()):
            raise LeaseLost

    def release(self) -> None:
        self._keep(None)

    def _keep(self, seconds: float | None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [seconds, self.mailbox.pk, self.mailbox.lease_token])
            return bool(cursor.rowcount)


def take(mailbox_id: int) -> Lease | None:
    """The lease, or None while another worker has it."""
    return next((Lease(mailbox) for mailbox in Mailbox.objects.raw(_TAKE, [LEASE, mailbox_id])), None)
