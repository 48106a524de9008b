"""How much lies here, letter upon letter: counted by the clock, a few Mailboxes at a time, and told where a limit is
reached."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Limit, Mailbox, Message

EVERY = timedelta(hours=1)
SECONDS = 5.0  # that one round may take


def count(seconds: float = SECONDS) -> None:
    """Count those anew that were looked at since they were counted, the longest ago first."""
    end, now = time.monotonic() + seconds, timezone.now()
    stale = Q(counted_at=None) | Q(counted_at__lt=now - EVERY, last_good_pass__gt=F("counted_at"))
    for mailbox_id in Mailbox.objects.filter(stale).order_by(F("counted_at").asc(nulls_first=True)).values_list("pk", flat=True):
        count_one(mailbox_id)
        if time.monotonic() > end:
            return


def count_one(mailbox_id: int) -> None:
    found = Message.objects.filter(mailbox=mailbox_id).aggregate(letters=Count("pk"), stored=Sum("size", default=0))
    Mailbox.objects.filter(pk=mailbox_id).update(**found, counted_at=timezone.now())


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody holds, and how much they may (None: as much as they like)."""

    mailboxes: int
    stored: int
    most_mailboxes: int | None = None
    most_stored: int | None = None

    @property
    def is_full(self) -> bool:
        return self.most_stored is not None and self.stored >= self.most_stored

    @property
    def has_all(self) -> bool:
        return self.most_mailboxes is not None and self.mailboxes >= self.most_mailboxes


def of_person(user: User) -> Usage:
    """Of the Mailboxes that they own; shared ones count for their owner."""
    owned = Mailbox.objects.filter(access__user=user, access__role=Access.Role.OWNER)
    return _usage(owned, Limit.objects.filter(user=user).first())


def of_all(mailboxes: QuerySet[Mailbox]) -> Usage:
    return _usage(mailboxes, None)


def of_domain(domain: str) -> Usage:
    here = Mailbox.objects.exclude(incoming__startswith="removed:").filter(domain=domain)
    return _usage(here, Limit.objects.filter(domain=domain).first() if domain else None)


def _usage(rows: QuerySet[Mailbox], limit: Limit | None) -> Usage:
    found = rows.aggregate(mailboxes=Count("pk"), stored=Sum("stored", default=0))
    if limit is None:
        return Usage(**found)
    return Usage(**found, most_mailboxes=limit.mailboxes, most_stored=limit.stored)
