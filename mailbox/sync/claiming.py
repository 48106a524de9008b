"""Which Mailboxes a watcher hears for: claimed by lease, so that several watchers share them and a dead one's are free again.

The clock is the database's own, because the clocks of machines differ.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from mailbox.models import Mailbox
from mailbox.sync.presence import PRESENT

CLAIM = timedelta(seconds=60)
STATES = [Mailbox.State.OK, Mailbox.State.IMPORTING, Mailbox.State.FULL]


class Claims:
    """`name` tells this watcher from the others."""

    def __init__(self, name: str) -> None:
        self.name = name

    def renew(self, held: Collection[int]) -> dict[int, datetime | None]:
        """Those of them that are still ours, each with its last good pass."""
        ours = _wanted().filter(pk__in=held, watcher=self.name)
        ours.update(watch_until=Now() + CLAIM)
        return dict(ours.values_list("pk", "last_good_pass"))

    @transaction.atomic
    def take(self, room: int, *, besides: Collection[int]) -> list[int]:
        """At most `room` more that nobody has; who was here last comes first."""
        free = _wanted().filter(Q(watch_until=None) | Q(watch_until__lt=Now()), incoming__startswith="imap")
        free = free.exclude(pk__in=besides).select_for_update(skip_locked=True)
        taken = list(free.order_by("-seen_at", "pk").values_list("pk", flat=True)[: max(0, room)])
        Mailbox.objects.filter(pk__in=taken).update(watcher=self.name, watch_until=Now() + CLAIM)
        return taken

    def give_back(self, mailbox_id: int) -> None:
        """It is looked at by a pass soon, and by polls from then on."""
        Mailbox.objects.filter(pk=mailbox_id).update(watch_until=None, watcher="", next_poll_at=Now())

    def leave(self) -> None:
        Mailbox.objects.filter(watcher=self.name).update(watch_until=None, watcher="")


def _wanted() -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(state__in=STATES, seen_at__gt=Now() - PRESENT)
