"""What is gone from a folder, and whether the mirror is whole: EXISTS must equal what is held, or the UIDs are compared."""

import logging
from collections.abc import Iterable, Sequence

from mailbox import threads
from mailbox.imap.codes import Selected
from mailbox.imap.events import Event, Exists, Expunged, Vanished
from mailbox.imap.uids import UidSet
from mailbox.models import Folder
from mailbox.sync import fetching, plan, rows
from mailbox.sync.session import Session

logger = logging.getLogger(__name__)

FEW = 1000  # UIDs that are looked up one by one; of more, the whole folder is asked what it holds


def expunges(session: Session, folder: Folder, selected: Selected, news: Sequence[Event]) -> int:
    """Take away what the server says has vanished, then count; the number of letters there. `news`: all that came with any
    command since the folder was opened."""
    exists = _count(selected.exists, news)
    gone = _met(folder, (event.uids for event in news if isinstance(event, Vanished)))
    folder.refresh_from_db(fields=["mirrored"])
    if gone and not plan.is_sudden(len(gone), folder.mirrored):
        vanish(session, folder, gone)
        folder.refresh_from_db(fields=["mirrored"])
    if folder.backfill_low_uid == 0 and exists != folder.mirrored:
        exists = compare(session, folder)
    return exists


def compare(session: Session, folder: Folder) -> int:
    """Make the mirrored UIDs those of the selected folder; how many there are.

    What we hold is read before what the server holds: a letter that comes in between is not taken for one that went.
    """
    here = rows.held_uids(folder)
    there = session.client.search_all()
    difference = plan.difference(there, here)
    logger.info(
        "Folder %s: %d letters were missing here, %d are gone.", folder.pk, len(difference.missing), len(difference.vanished)
    )
    vanished = difference.vanished
    if plan.is_sudden(len(vanished), len(here)):
        session.again(folder)
        vanished = vanished - session.client.search_all()
    for window in difference.missing.newest_first(fetching.WINDOW):
        fetching.bring_in(session, folder, window)
    vanish(session, folder, vanished)
    with session.writing():
        Folder.objects.filter(pk=folder.pk).update(mirrored=rows.held(folder).count())
    return len(there)


def vanish(session: Session, folder: Folder, gone: UidSet) -> None:
    for window in gone.newest_first(FEW):
        with session.writing():
            concerned = rows.vanish(folder, window)
            changed = threads.refresh(concerned)
        session.tell(*(("folder", one) for one in changed), *(("thread", one) for one in concerned))


def _count(exists: int, events: Iterable[Event]) -> int:
    """EXISTS after these news. A VANISHED (EARLIER) tells of before the folder was opened (RFC 7162 section 3.2.10)."""
    for event in events:
        if isinstance(event, Exists):
            exists = event.count
        elif isinstance(event, Expunged):
            exists -= 1
        elif isinstance(event, Vanished) and not event.earlier:
            exists -= len(event.uids)
    return exists


def _met(folder: Folder, said: Iterable[UidSet]) -> UidSet:
    """What we hold of these UIDs: a server may name any, `1:*` as well."""
    uids = UidSet()
    for some in said:
        uids = uids | some
    if not uids:
        return uids
    if len(uids) > FEW:
        return uids & rows.held_uids(folder)
    return UidSet.of(uid for uid in rows.held(folder).filter(uid__in=list(uids)).values_list("uid", flat=True) if uid)
