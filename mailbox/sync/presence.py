"""Who is here: new letters of people who were here lately are heard the moment they come; others' are looked for, the less
often the longer they are away, and at once when they come back.

seen within   3 days     a watcher holds a line; without one a look every minute or every five
              30 days    every 15 minutes
              longer     every hour
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from mailbox import bell
from mailbox.models import Mailbox

PRESENT = timedelta(days=3)
WRITTEN = timedelta(minutes=5)  # being here is written down no more often
STALE = timedelta(minutes=2)  # a last look so long ago is not good enough for who comes back
WATCHED_POLL = timedelta(minutes=10)  # while a watcher holds a line, for what it cannot hear
COLLECTED_POLL = timedelta(minutes=5)
POLLS = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (PRESENT, timedelta(minutes=5)),
    (timedelta(days=30), timedelta(minutes=15)),
)
RAREST = timedelta(hours=1)
WELL = [Mailbox.State.NEW, Mailbox.State.IMPORTING, Mailbox.State.OK, Mailbox.State.FULL]


def is_here(mailbox: Mailbox) -> bool:
    """Looked after every minute, or the moment something comes."""
    return timezone.now() - mailbox.seen_at < POLLS[0][0]


def poll_after(mailbox: Mailbox, now: datetime) -> timedelta:
    """How long after a good pass the next look is due. Providers shut out who opens a maildrop too often."""
    if mailbox.watch_until and mailbox.watch_until > now:
        return WATCHED_POLL
    away = now - mailbox.seen_at
    poll = next((poll for within, poll in POLLS if away < within), RAREST)
    return max(poll, COLLECTED_POLL) if mailbox.is_collected else poll


def seen(user_id: int) -> None:
    """This person is here now: what they have not looked at for long is brought up at once."""
    now = timezone.now()
    gone = Mailbox.objects.filter(access__user=user_id, seen_at__lt=now - WRITTEN)
    with transaction.atomic():
        found = list(gone.select_for_update(of=("self",)).values_list("pk", flat=True))
        here = Mailbox.objects.filter(pk__in=found)
        stale = here.filter(Q(last_good_pass=None) | Q(last_good_pass__lt=now - STALE), state__in=WELL)
        waiting = list(stale.values_list("pk", flat=True))
        here.update(seen_at=Now())
        Mailbox.objects.filter(pk__in=waiting).update(next_poll_at=Now())
        for mailbox_id in waiting:
            bell.ring("mirror.bring_up", mailbox_id)


def on_sign_in(user: User, **signal: object) -> None:
    seen(user.pk)
