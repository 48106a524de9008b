"""How much lies here, letter upon letter: counted by the clock, a few Mailboxes at a time."""

import time
from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from mailbox.models import Mailbox, Message

EVERY = timedelta(hours=1)
GROWING = timedelta(minutes=5)  # of those that an import fills, or that wait for room
SECONDS = 5.0  # that one round may take


def count(seconds: float = SECONDS) -> None:
    """Count those anew that were looked at since they were counted, the longest ago first."""
    end, now = time.monotonic() + seconds, timezone.now()
    stale = Q(counted_at=None) | Q(counted_at__lt=now - EVERY, last_good_pass__gt=F("counted_at"))
    stale |= Q(counted_at__lt=now - GROWING, state__in=[Mailbox.State.IMPORTING, Mailbox.State.FULL])
    for mailbox_id in Mailbox.objects.filter(stale).order_by(F("counted_at").asc(nulls_first=True)).values_list("pk", flat=True):
        count_one(mailbox_id)
        if time.monotonic() > end:
            return


def count_one(mailbox_id: int) -> None:
    found = Message.objects.filter(mailbox=mailbox_id).aggregate(letters=Count("pk"), stored=Sum("size", default=0))
    Mailbox.objects.filter(pk=mailbox_id).update(**found, counted_at=timezone.now())
