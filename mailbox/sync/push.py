"""Our Changes, told to their server: claim (a short transaction), talk (none), settle (a short transaction).

pending --claim--> sent --OK--> done
                    |----NO---> refused: what the click did here is taken back, and the person is told
                    |--no answer--> stays sent: the next pass looks before it does it again
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox import bell, threads
from mailbox.models import Change, Mailbox, Placement
from mailbox.sync import refusal, telling
from mailbox.sync.deeds import Deed, Waiting, next_deeds
from mailbox.sync.leases import LeaseLost
from mailbox.sync.session import SECONDS, Session, Settle
from mailbox.sync.work import WAITING, work
from mailbox.wire import Refused, WireError

logger = logging.getLogger(__name__)

AT_ONCE = 1000  # open Changes looked at together
LATER = timedelta(seconds=15)  # until a letter that has no UID yet is asked for again
MOST_ATTEMPTS = 40


def push_changes(mailbox_id: int, *, seconds: float = SECONDS) -> None:
    """What a click rings for: tell what waits without looking around. While the server is in trouble it waits for the next
    pass, so that no clicking makes it worse."""
    resting = Mailbox.objects.filter(pk=mailbox_id, state__in=WAITING, next_poll_at__gt=timezone.now())
    if not resting.exists() and work(mailbox_id, push, seconds=seconds) and is_waiting(mailbox_id):
        bell.ring("mirror.push", mailbox_id)  # clicked after the last look, and before the lease was free


def push(session: Session) -> bool:
    """Tell the server whatever waits and is due, but not for ever: ten thousand clicks of one person leave the workers to
    others too. Whether there was anything. Raises TryLater, LeaseLost."""
    told = False
    while not (told and session.is_over) and (deeds := next_deeds(_waiting(session.mailbox.pk))):
        for deed in deeds:
            _carry_out(session, deed)
        told = True
    return told


def is_waiting(mailbox_id: int) -> bool:
    """Whether a Change is due: one look into an index."""
    return Change.objects.open().filter(mailbox=mailbox_id, next_at__lte=timezone.now()).exists()


def _waiting(mailbox_id: int) -> list[Waiting]:
    changes = list(Change.objects.open().filter(mailbox=mailbox_id).order_by("pk")[:AT_ONCE])
    now = timezone.now()
    sources = [source for change in changes if (source := telling.source_of(change))]
    places: dict[int | None, int] = dict(Placement.objects.filter(pk__in=sources).values_list("pk", "folder_id"))
    return [
        Waiting(
            id=change.pk,
            kind=change.kind,
            letter=change.message_id,
            place=places.get(telling.source_of(change)),
            args=change.args,
            sent=change.state == Change.State.SENT,
            due=change.next_at <= now,
        )
        for change in changes
    ]


def _carry_out(session: Session, deed: Deed) -> None:
    changes = _claim(session, deed)
    if not changes:
        return
    try:
        settle = telling.TELL[deed.kind](session, changes)
    except Refused as error:
        _refuse(session, changes, refusal.words(error))
    except (WireError, LeaseLost, DatabaseError):
        raise
    except Exception:  # a fault of ours in one Change must not hold up the others
        logger.exception("Changes %s cannot be told.", [change.pk for change in changes])
        _refuse(session, changes, _("This could not be told to the mail server."))
    else:
        _settle(session, changes, settle)
    with session.writing():
        Change.objects.filter(pk__in=deed.outdated).update(state=Change.State.DONE, done_at=timezone.now())


def _claim(session: Session, deed: Deed) -> list[Change]:
    """The Changes as they are now: an undo may have taken some back. From here on it no longer can."""
    with session.writing():
        changes = Change.objects.open().filter(pk__in=[change.id for change in deed.changes])
        found = list(changes.order_by("pk").select_related("message"))
        changes.update(state=Change.State.SENT, attempts=F("attempts") + 1)
    return found


def _settle(session: Session, changes: Sequence[Change], settle: Settle) -> None:
    with session.writing():
        later = settle()
        _close([change for change in changes if change.pk not in later], Change.State.DONE)
        waiting = Change.objects.filter(pk__in=later)
        waiting.update(state=Change.State.PENDING, next_at=timezone.now() + LATER)
        worn_out = list(waiting.filter(attempts__gte=MOST_ATTEMPTS).select_related("message"))
        folders = threads.refresh(_threads(changes))
    session.tell(*(("folder", folder) for folder in folders))
    if worn_out:
        _refuse(session, worn_out, _("The mail server never said where this letter lies."))


def _refuse(session: Session, changes: Sequence[Change], result: str) -> None:
    with session.writing():
        _close(changes, Change.State.REFUSED, result)
        for change in changes:
            refusal.take_back(change)
        folders = threads.refresh(_threads(changes))
    session.tell(("mailbox", session.mailbox.pk), *(("folder", folder) for folder in folders))
    session.tell(*(("thread", thread) for thread in _threads(changes)))


def _close(changes: Sequence[Change], state: Change.State, result: str = "") -> None:
    ids = [change.pk for change in changes]
    Change.objects.filter(pk__in=ids).update(state=state, result=result[:2000], done_at=timezone.now())


def _threads(changes: Sequence[Change]) -> set[int]:
    return {change.message.thread_id for change in changes if change.message}
