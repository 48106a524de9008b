"""A conversation is put off: out of the list now, and back at its top when its time has come or a letter joins it.

The server knows no such thing, so nothing is told to it; the letters stay where they lie.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import live, threads
from mailbox.models import ThreadFolder
from mailbox.models.thread import ThreadFolderQuerySet
from mailbox.sync.rights import CannotChange, enter
from mailbox.sync.tokens import Undo, seal

SNOOZED = "snoozed"  # the kind of our tokens

Rows = ThreadFolderQuerySet


@transaction.atomic
def snooze(user: User, rows: Rows, until: datetime) -> Undo:
    """Raises CannotChange for a time that is over."""
    if until <= timezone.now():
        raise CannotChange(_("Choose a time that is still to come."))
    held = _held(user, rows)
    _put(held, snoozed_until=until)
    return Undo(seal(user, SNOOZED, [row.pk for row in held]), len(held))


@transaction.atomic
def wake(user: User, rows: Rows) -> int:
    """Back to the top now."""
    held = [row for row in _held(user, rows) if row.snoozed_until]
    _raise(held)
    return len(held)


@transaction.atomic
def undo(user: User, row_ids: Sequence[int]) -> int:
    """Back to where they were."""
    held = _held(user, ThreadFolder.objects.of(user).filter(pk__in=row_ids).snoozed())
    _put(held, snoozed_until=None)
    return len(held)


def wake_due() -> None:
    """Whatever has come due; however many clocks ask, each comes back once."""
    due = ThreadFolder.objects.filter(snoozed_until__lte=Now())
    for mailbox in due.values_list("folder__mailbox", flat=True).distinct().order_by():
        with transaction.atomic():
            threads.lock(mailbox)
            _raise(due.filter(folder__mailbox=mailbox).select_related("folder"))


def _held(user: User, rows: Rows) -> list[ThreadFolder]:
    enter(user, rows.values_list("folder__mailbox", flat=True).order_by().distinct())
    return list(rows.select_related("folder").order_by("pk"))


def _raise(rows: Sequence[ThreadFolder] | Rows) -> None:
    now = timezone.now()
    _put(list(rows), snoozed_until=None, woke_at=now, last_at=now)


def _put(rows: Sequence[ThreadFolder], **columns: datetime | None) -> None:
    ThreadFolder.objects.filter(pk__in=[row.pk for row in rows]).update(**columns)
    for row in rows:
        live.tell_of(row.folder.mailbox_id, "thread", row.thread_id)
    for mailbox, folder in {(row.folder.mailbox_id, row.folder_id) for row in rows}:
        live.tell_of(mailbox, "folder", folder)
