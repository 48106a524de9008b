"""The first import of a folder: its headers, downwards from the newest, a window at a time, as long as the pass may last."""

from itertools import islice

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from mailbox import threads
from mailbox.imap.uids import UidSet
from mailbox.models import Folder, Message, Placement, Reference, Thread, ThreadFolder
from mailbox.sync import fetching, filling, memory
from mailbox.sync.session import Session

FIRST = {Folder.Role.INBOX: 200}  # letters that are listed before anything else comes in,
FIRST_ELSEWHERE = 50  # so that every folder shows something soon; those of the inbox can be read at once
GROWN = (Message, Placement, ThreadFolder, Thread, Reference)
MANY = 5000  # letters that make the planner's numbers worthless


def import_newest(session: Session, folder: Folder) -> None:
    """The newest letters of a folder that has just begun."""
    first = FIRST.get(Folder.Role(folder.role), FIRST_ELSEWHERE)
    _import(session, folder, first, windows=1)
    if folder.role == Folder.Role.INBOX:
        filling.fill(session, folder=folder, most=first)


def import_rest(session: Session, folder: Folder) -> None:
    """As much as this pass has time for; clicks that come meanwhile are told between two windows."""
    _import(session, folder, fetching.WINDOW, windows=None)


def _import(session: Session, folder: Folder, size: int, *, windows: int | None) -> None:
    selected = session.select(folder)
    if selected.uidvalidity != folder.uidvalidity:
        return  # the next visit sees to it
    highest = (folder.backfill_low_uid or 1) - 1
    there = session.client.search_range(1, highest) if highest else UidSet()
    if not there or _walk(session, folder, there, size, windows) == next(there.ranges())[0]:
        _finish(session, folder)


def _walk(session: Session, folder: Folder, there: UidSet, size: int, most: int | None) -> int:
    """The lowest UID that was listed. The next window is asked for before this one is written, unless somebody waits."""
    rest = islice(there.newest_first(size), most)
    window, said, low = next(rest, None), None, 0
    while window:
        heard = list(said or fetching.ask(session, window))
        low = next(window.ranges())[0]
        following = None if session.is_over else next(rest, None)
        said = fetching.ask(session, following) if following and not filling.is_awaited(session) else None
        fetching.list_in(session, folder, heard, low=low)
        folder.backfill_low_uid = low
        session.tell(("mailbox", folder.mailbox_id))
        if said is None and filling.attend(session):
            session.select(folder)
        window = following
        memory.give_back()
    return low


def _finish(session: Session, folder: Folder) -> None:
    """All is listed. What still has a UID of another UIDVALIDITY was not among it, and is gone."""
    with session.writing():
        folder.backfill_low_uid = 0
        folder.save(update_fields=["backfill_low_uid"])
        old = Placement.objects.filter(folder=folder, uid__isnull=False).exclude(uidvalidity=folder.uidvalidity)
        concerned = set(old.values_list("message__thread", flat=True))
        old.update(uid=None, gone_at=Coalesce(F("gone_at"), Now()))
        changed = threads.refresh(concerned)
    if folder.server_messages > MANY:
        _analyze()
    session.tell(("mailbox", folder.mailbox_id), *(("folder", one) for one in changed))


def _analyze() -> None:
    """The planner's numbers are of before: it would read whole tables that were small then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE " + ", ".join(model._meta.db_table for model in (Message, Placement, ThreadFolder, Thread, Reference))
        )
