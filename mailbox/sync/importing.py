"""The first import of a folder: downwards from the newest, a window at a time, as long as the pass may last.

Letters come whole. Where that would take long the headers come first, so that soon all can be seen: in a large folder, and
after a pass that failed.
"""

from collections.abc import Iterator
from itertools import islice

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from mailbox import threads
from mailbox.imap.uids import UidSet
from mailbox.models import Folder, Message, Placement, Reference, Thread, ThreadFolder
from mailbox.sync import fetching, filling, memory
from mailbox.sync.session import Session

FIRST = {Folder.Role.INBOX: 200}  # letters that come before anything else,
FIRST_ELSEWHERE = 50  # so that every folder shows something soon
AT_ONCE = 20_000  # letters that come whole without being listed before
GROWN = (Message, Placement, ThreadFolder, Thread, Reference)
MANY = 5000  # letters that make the planner's numbers worthless


def import_newest(session: Session, folder: Folder) -> None:
    """The newest letters of a folder that has just begun."""
    _import(session, folder, FIRST.get(Folder.Role(folder.role), FIRST_ELSEWHERE))


def import_rest(session: Session, folder: Folder) -> None:
    """As much as this pass has time for; clicks that come meanwhile are told between two windows."""
    _import(session, folder)


def _import(session: Session, folder: Folder, first: int = 0) -> None:
    memory.settle()
    selected = session.select(folder)
    if selected.uidvalidity != folder.uidvalidity:
        return  # the next visit sees to it
    highest = (folder.backfill_low_uid or 1) - 1
    there = session.client.search_range(1, highest) if highest else UidSet()
    by_header = session.mailbox.failures or (not first and (len(there) > AT_ONCE or session.mailbox.horizon))
    walk, size = (_list, fetching.WINDOW) if by_header else (_bring_in, fetching.WIDE)
    walk(session, folder, islice(there.newest_first(first or size), 1 if first else None))
    if not there or folder.backfill_low_uid == next(there.ranges())[0]:
        _finish(session, folder)


def _bring_in(session: Session, folder: Folder, windows: Iterator[UidSet]) -> None:
    """Whole."""
    for window in windows:
        if fetching.bring_in(session, folder, window, importing=True):
            with session.writing():
                fetching.move_down(folder, next(window.ranges())[0])
        if session.is_over:
            return


def _list(session: Session, folder: Folder, windows: Iterator[UidSet]) -> None:
    """By their headers. The next window is asked for before this one is read and written, unless somebody waits."""
    window, said = next(windows, None), None
    while window:
        making = session.wait_for(said or fetching.ask(session, folder, window))
        following = None if session.is_over else next(windows, None)
        said = fetching.ask(session, folder, following) if following and not filling.is_awaited(session) else None
        fetching.list_in(session, folder, fetching.made(session, making), low=next(window.ranges())[0])
        session.tell(("mailbox", folder.mailbox_id))
        if said is None and filling.attend(session):
            session.select(folder)
        window = following
        memory.give_back()


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
