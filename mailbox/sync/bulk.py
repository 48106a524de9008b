"""One deed for all that match, ten thousand letters or more: a job that goes on where it stopped.

doing --every letter taken--> done --undo--> undoing --> undone
  |--not allowed--> refused

A piece is one transaction, which also counts it: killed at any moment, the job has done each letter once or not at all.
"""

import time
from collections.abc import Callable
from uuid import uuid4

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import bell, live
from mailbox.models import Bulk, Change, Filter, Flag, Folder, Placement
from mailbox.sync import changes, filters, labelling
from mailbox.sync.changes import Places
from mailbox.sync.rights import CannotChange
from mailbox.sync.tokens import Undo, seal

BULK = "bulk"  # the kind of our tokens
PIECE = 500  # letters
SECONDS = 20.0  # then it is another job's turn

State = Bulk.State


def _flags(flag: Flag, on: bool) -> Callable[..., Undo]:
    return lambda user, places, *, batch: changes.set_flag(user, places, flag, on, batch=batch)


DEEDS: dict[str, Callable[..., Undo]] = {
    "archive": changes.archive,
    "trash": changes.trash,
    "spam": changes.junk,
    "inbox": changes.to_inbox,
    "read": _flags(Flag.SEEN, True),
    "unread": _flags(Flag.SEEN, False),
    "star": _flags(Flag.FLAGGED, True),
    "unstar": _flags(Flag.FLAGGED, False),
}
FOR_EVER, MOVE = "for_ever", "move"
LABEL, UNLABEL, RELABEL = "label", "unlabel", "relabel"
FILTER = "filter"


def begin(
    user: User,
    placements: Places,
    do: str,
    folder: Folder | None = None,
    label: str = "",
    to: str = "",
    rule: Filter | None = None,
) -> Bulk:
    """Fix what is chosen, which is every live letter of these `placements`, and ring for a worker. `do` is a key of DEEDS,
    "move" with its folder, "label" or "unlabel" with its name, "relabel" with that and the name that comes in its place (`to`),
    "filter" with its rule, or "for_ever". Raises CannotChange if there is nothing to do."""
    letters = list(placements.filter(gone_at=None).order_by("pk").values_list("pk", flat=True))
    if not letters:
        raise CannotChange(_("There is nothing here to do that to."))
    with transaction.atomic():
        facts = {"user": user, "do": do, "folder": folder, "label": label, "to": to, "filter": rule}
        job = Bulk.objects.create(**facts, letters=letters, batch=uuid4().hex)
        bell.ring("mirror.bulk", job.pk)
    return job


def token_of(job: Bulk) -> str:
    return "" if job.do == FOR_EVER else seal(job.user, BULK, job.pk)


@transaction.atomic
def undo(user: User, job_id: int) -> int:
    """Take it all back, as far as it has come. How many letters there are to take back."""
    job = Bulk.objects.of(user).select_for_update().filter(pk=job_id, state__in=[State.DOING, State.DONE]).first()
    if job is None or job.do == FOR_EVER:
        raise CannotChange(_("This can no longer be undone."))
    job.state = State.UNDOING
    job.save(update_fields=["state"])
    bell.ring("mirror.bulk", job.pk)
    return job.changed


def carry_on(job_id: int, *, seconds: float = SECONDS) -> None:
    """Piece by piece, and ring again for what the time was too short for."""
    end = time.monotonic() + seconds
    while _step(job_id):
        if time.monotonic() > end:
            bell.ring("mirror.bulk", job_id)
            return


def ring_for_all() -> None:
    """What a clock asks for: a bell may have been lost, a worker killed."""
    for job_id in Bulk.objects.under_way().values_list("pk", flat=True):
        bell.ring("mirror.bulk", job_id)


@transaction.atomic
def _step(job_id: int) -> bool:
    """One piece; whether there is another. A job that another worker is at is left to it."""
    job = Bulk.objects.under_way().select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
    if job is None:
        return False
    try:
        with transaction.atomic():
            (_undo_piece if job.state == State.UNDOING else _do_piece)(job)
    except CannotChange as refusal:
        job.state, job.trouble = State.REFUSED, str(refusal)
    job.save(update_fields=["taken", "changed", "first", "last", "state", "trouble"])
    live.tell([job.user_id], "bulk", job.pk)
    return job.state in (State.DOING, State.UNDOING)


def _do_piece(job: Bulk) -> None:
    piece = job.letters[job.taken : job.taken + PIECE]
    done = _do(job, Placement.objects.of(job.user).live().filter(pk__in=piece))
    job.changed += done.count
    job.first, job.last = job.first or done.first, done.last or job.last
    job.taken += len(piece)
    if job.taken >= len(job.letters):
        job.state = State.DONE


def _do(job: Bulk, places: Places) -> Undo:
    if job.do == FOR_EVER:
        return Undo("", changes.delete_for_ever(job.user, places.filter(folder__role=Folder.Role.TRASH)))
    if job.do == MOVE:
        if job.folder is None:
            raise CannotChange(_("The folder is not there any more."))
        return changes.move(job.user, places, job.folder, batch=job.batch)
    if job.do in (LABEL, UNLABEL):
        return labelling.label(job.user, places, job.label, job.do == LABEL, batch=job.batch)
    if job.do == RELABEL:
        return labelling.rename(job.user, places, job.label, job.to, batch=job.batch)
    if job.do == FILTER:
        if job.filter is None:
            raise CannotChange(_("The filter is not there any more."))
        return filters.treat(job.user, job.filter, places, batch=job.batch)
    return DEEDS[job.do](job.user, places, batch=job.batch)


def _undo_piece(job: Bulk) -> None:
    """From the end to the beginning."""
    done = Change.objects.filter(pk__range=(job.first, job.last), args__batch=job.batch).order_by("-pk")
    piece = list(done.values_list("pk", "mailbox")[:PIECE])
    if piece:
        mailboxes = sorted({mailbox for _, mailbox in piece})
        changes.undo_batch(job.user, mailboxes, piece[-1][0], piece[0][0], job.batch)
        job.last = piece[-1][0] - 1
        job.changed = done.filter(pk__lte=job.last).aggregate(left=Count("message", distinct=True))["left"]
    if len(piece) < PIECE:
        job.state = State.UNDONE
