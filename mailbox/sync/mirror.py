"""The mirror: who is due, and one pass over one Mailbox at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from mailbox import bell
from mailbox.models import Change, Mailbox, Message, many
from mailbox.sync import budget, collect, drafts, errands, filling, passing, presence, probes, room
from mailbox.sync.hold import Hold
from mailbox.sync.maildrop import Maildrop
from mailbox.sync.session import SECONDS
from mailbox.sync.work import RESTING, WAITING, work

CLAIM = timedelta(seconds=60)  # a worker that was rung for has this long to take the lease
MOST_DUE = 200

State = Mailbox.State

_WELL = f"""
    UPDATE mailbox_mailbox SET state = %(state)s, trouble = %(trouble)s, trouble_since = %(since)s, failures = 0,
        last_good_pass = %(now)s, dirty_at = CASE WHEN dirty_at IS DISTINCT FROM %(heard)s THEN dirty_at END,
        next_poll_at = CASE WHEN dirty_at IS DISTINCT FROM %(heard)s AND dirty_at IS NOT NULL THEN %(now)s ELSE %(later)s END
    WHERE id = %(mailbox)s AND lease_token = %(token)s AND state <> 'paused' AND {many.LAZILY} RETURNING id
"""  # noqa: S608 our own words; lost in a power cut, all is looked at once more


def bring_up(mailbox_id: int, *, only: str = "", seconds: float = SECONDS) -> bool:
    """One pass, over the folder of that name or over all; whether something is left for another. Nothing happens while
    another worker is at it, or while the Mailbox waits for a person."""
    left = work(mailbox_id, lambda session: _pass(session, lambda: passing.run(session, only)), _collect, seconds=seconds)
    if left:
        bell.ring("mirror.bring_up", mailbox_id)
        return True
    clicked = errands.ask(mailbox_id)  # after the pass had looked, and before it let go of the lease
    if "wanted" in clicked:
        bell.ring("mirror.fetch", mailbox_id)
    elif "changes" in clicked:
        bell.ring("mirror.push", mailbox_id)
    return False


def fetch_wanted(mailbox_id: int) -> None:
    """The letters that somebody has opened before they were here whole; a pass that is under way sees to it itself."""
    work(mailbox_id, filling.attend)


def bring_up_due() -> None:
    """Ring for every Mailbox whose time has come; however many clocks ask, each is rung for once."""
    probes.sweep()
    with transaction.atomic():
        due = list(_due().values_list("pk", flat=True)[:MOST_DUE])
        Mailbox.objects.filter(pk__in=due).update(next_poll_at=Now() + CLAIM)
        for mailbox_id in due:
            bell.ring("mirror.bring_up", mailbox_id)


def _due() -> QuerySet[Mailbox]:
    polls = Q(next_poll_at__lte=Now()) | Q(next_poll_at=None, state=State.NEW)
    told = Change.objects.open().filter(next_at__lte=Now()).values("mailbox")
    wanted = Message.objects.filter(wanted_at__isnull=False).values("mailbox")
    clicked = (
        Q(pk__in=told)
        | Q(pk__in=wanted)
        | Q(pk__in=drafts.written().values("mailbox"))
        | Q(pk__in=drafts.over().values("mailbox"))
    )
    clicks = ~Q(state__in=WAITING) & clicked
    free = Mailbox.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now())).exclude(state__in=RESTING)
    here = ExpressionWrapper(Q(seen_at__gt=Now() - presence.POLLS[0][0]), BooleanField())  # who is here goes first
    return free.filter(polls | clicks).order_by(here.desc(), "next_poll_at").select_for_update(skip_locked=True)


def _collect(drop: Maildrop) -> bool:
    return _pass(drop, lambda: collect.collect(drop))


def _pass(hold: Hold, run: Callable[[], bool]) -> bool:
    heard = hold.mailbox.dirty_at
    if hold.mailbox.state == State.NEW:  # it let us in
        Mailbox.objects.filter(pk=hold.mailbox.pk, state=State.NEW).update(state=State.IMPORTING)
        hold.tell(("mailbox", hold.mailbox.pk), now=True)
    left = run()
    _well(hold, heard, left=left)
    hold.tell(("mailbox", hold.mailbox.pk))
    return left


def _well(hold: Hold, heard: datetime | None, *, left: bool) -> None:
    """A good pass ends all trouble. What a watcher has heard since its beginning stays to be looked at."""
    mailbox = hold.mailbox
    due = errands.of(hold)
    importing = left if mailbox.is_collected else "import" in due or ("bodies" in due and filling.is_left(mailbox))
    now, full = timezone.now(), room.taken_by(mailbox) if due & {"limit", "domain"} else ""
    waits = full and (importing or mailbox.is_collected)
    tomorrow = budget.TOMORROW if importing and budget.is_spent(mailbox, hold.octets) else ""
    facts = {
        "mailbox": mailbox.pk,
        "token": mailbox.lease_token,
        "state": str(State.FULL if waits else State.IMPORTING if importing else State.OK),
        "trouble": room.say(mailbox, full) if waits else tomorrow,
        "since": (mailbox.trouble_since or now) if waits or tomorrow else None,
        "now": now,
        "later": now if left else now + presence.poll_after(mailbox, now),
        "heard": heard,
    }
    many.prepared(_WELL, facts)
