"""One pass at a time over one Mailbox, wherever its workers run; a worker that slept too long is fenced off.

    take    another lease_token, lease_until = now + 90 s, if nobody holds it
    hold    in every transaction that writes: the token must still be ours, and the lease is prolonged
    release lease_until = null, if the token is still ours

The clock is the database's own, because the clocks of machines differ.

To take and to release need not have reached the disk: whatever is written under a lease brings it there. A power cut may take
both away, and then no later lease has the same token, because a token is also the time.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from mailbox.models import Mailbox, many

LEASE = timedelta(seconds=90)
_TAKE = f"""
    UPDATE mailbox_mailbox SET lease_until = statement_timestamp() + %s,
        lease_token = GREATEST(lease_token + 1, (extract(epoch FROM statement_timestamp()) * 1000000)::bigint)
    WHERE id = %s AND (lease_until IS NULL OR lease_until < statement_timestamp()) AND {many.LAZILY} RETURNING *
"""  # noqa: S608 our own words
_HOLD = """
    UPDATE mailbox_mailbox SET lease_until = statement_timestamp() + make_interval(secs => %s)
    WHERE id = %s AND lease_token = %s
"""
_RELEASE = f"UPDATE mailbox_mailbox SET lease_until = NULL WHERE id = %s AND lease_token = %s AND {many.LAZILY}"  # noqa: S608


class LeaseLost(Exception):
    """Another worker has taken this Mailbox over; nothing of ours may be written any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    mailbox: Mailbox  # as it was when the lease was taken

    def hold(self) -> None:
        """Raises LeaseLost. Inside a transaction no other worker gets in before it ends."""
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [LEASE.total_seconds(), self.mailbox.pk, self.mailbox.lease_token])
            if not cursor.rowcount:
                raise LeaseLost

    def release(self) -> None:
        """Not in a transaction."""
        with connection.cursor() as cursor:
            cursor.execute(_RELEASE, [self.mailbox.pk, self.mailbox.lease_token])


def take(mailbox_id: int) -> Lease | None:
    """The lease, or None while another worker has it."""
    return next((Lease(mailbox) for mailbox in Mailbox.objects.raw(_TAKE, [LEASE, mailbox_id])), None)
