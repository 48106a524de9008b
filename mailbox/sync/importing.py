"""The first import of a folder: downwards from the newest letter, a window at a time, as long as the pass may last."""

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from mailbox import threads
from mailbox.imap.uids import UidSet
from mailbox.models import Folder, Placement
from mailbox.sync import fetching, push
from mailbox.sync.session import Session

FIRST = 50  # letters of a folder that are readable before anything else comes in


def import_newest(session: Session, folder: Folder) -> None:
    """The newest letters of a folder that has just begun, so that every folder shows something soon."""
    _import(session, folder, FIRST, windows=1)


def import_rest(session: Session, folder: Folder) -> None:
    """As much as this pass has time for; clicks that come meanwhile are told between two windows."""
    _import(session, folder, fetching.WINDOW, windows=None)


def _import(session: Session, folder: Folder, size: int, *, windows: int | None) -> None:
    selected = session.select(folder)
    if selected.uidvalidity != folder.uidvalidity:
        return  # the next visit sees to it
    highest = (folder.backfill_low_uid or 1) - 1
    there = session.client.search_range(1, highest) if highest else UidSet()
    for number, window in enumerate(there.newest_first(size)):
        if number == windows or (number and session.is_over):
            return
        fetching.bring_in(session, folder, window, importing=True)
        session.tell(("mailbox", folder.mailbox_id))
        if push.push(session):
            session.select(folder)
    _finish(session, folder)


def _finish(session: Session, folder: Folder) -> None:
    """All is here. What still has a UID of another UIDVALIDITY was not among it, and is gone."""
    with session.writing():
        folder.backfill_low_uid = 0
        folder.save(update_fields=["backfill_low_uid"])
        old = Placement.objects.filter(folder=folder, uid__isnull=False).exclude(uidvalidity=folder.uidvalidity)
        concerned = set(old.values_list("message__thread", flat=True))
        old.update(uid=None, gone_at=Coalesce(F("gone_at"), Now()))
        changed = threads.refresh(concerned)
    session.tell(("mailbox", folder.mailbox_id), *(("folder", one) for one in changed))
