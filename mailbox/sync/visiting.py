"""One look into one folder: new letters first, then flags, then what is gone, and the cursors last.

parked    UIDVALIDITY changed five times in a row: nothing for an hour
begin     the folder is new here: everything below UIDNEXT is to be imported, downwards
remap     UIDVALIDITY changed: the same, and letters that are here already are recognised by their identity
go on     new letters from `uidnext` up; flags and UIDs by CONDSTORE and QRESYNC, else by windows and by counting
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from mailbox import threads
from mailbox.imap.codes import Selected
from mailbox.imap.errors import TooMuchNews
from mailbox.imap.events import Event, Fetched
from mailbox.imap.items import Items, Since
from mailbox.imap.labels import is_label
from mailbox.imap.uids import UidSet
from mailbox.models import Folder
from mailbox.models.placement import storable
from mailbox.sync import comparing, fetching, gmail, plan, rows
from mailbox.sync.session import Session

FLAG_WINDOW = 1000  # letters whose flags are asked for together
NEWEST = 500  # letters whose flags are looked at where nobody tells what changed
LOOK_EVERY = timedelta(minutes=3)  # at the newest flags of a folder, where nobody tells
COMPARE_EVERY = timedelta(minutes=30)  # all flags, where nobody tells
CURSORS = ["uidnext", "highestmodseq", "server_messages", "checked_at", "compared_at", "renumbered"]


def visit(session: Session, folder: Folder) -> bool:
    """Bring the mirrored part of a folder up to date; whether the time was enough. Raises CommandRefused if it cannot be
    opened."""
    selected = _opened(session, folder)
    told = session.client.take_untagged()  # taken before anything else is done here: it grows old, and no other line knows it
    if not _arrivals(session, folder, selected, lambda: _hear_flags(session, folder, told)):
        return False
    news = (*_no_flags(told), *_news(session, folder))  # before anything newer is asked
    everything = _flags(session, folder, selected)
    exists = comparing.expunges(session, folder, selected, [*news, *_news(session, folder)])
    folder.highestmodseq = selected.highestmodseq or 0
    folder.server_messages = exists
    folder.checked_at = timezone.now()
    folder.compared_at = folder.checked_at if everything else folder.compared_at
    with session.writing(lazily=True):  # lost, it is all looked at once more
        folder.save(update_fields=CURSORS)
    return True


def _opened(session: Session, folder: Folder) -> Selected:
    """Another UIDVALIDITY must be seen on two lines: a proxy may answer for another server now and then."""
    try:
        selected = session.select(folder, since=_known(session, folder))
    except TooMuchNews:
        selected = session.again(folder)
    if folder.uidvalidity and selected.uidvalidity != folder.uidvalidity:
        selected = session.again(folder)
    if selected.uidvalidity != folder.uidvalidity:
        if not selected.exists:  # Courier keeps the number of an empty folder only once it was opened to be changed
            selected = session.select(folder, readonly=False)
        _begin(session, folder, selected)
    else:
        folder.renumbered = 0
    return selected


def _known(session: Session, folder: Folder) -> Since | None:
    """None: nothing that the server could tell the changes of. What is not imported yet is not asked about; what we have filed
    there ourselves may lie beyond UIDNEXT."""
    if "QRESYNC" not in session.client.enabled or not folder.uidvalidity or not folder.highestmodseq:
        return None
    low, high = folder.backfill_low_uid or 1, rows.newest_uids(folder, 1).highest
    return Since(folder.uidvalidity, folder.highestmodseq, UidSet([(low, high)])) if low <= high else None


def _begin(session: Session, folder: Folder, selected: Selected) -> None:
    """The mod-sequence is that of before the import: what changes while it lasts is told again afterwards."""
    top = selected.uidnext or session.client.search_all().highest + 1
    folder.renumbered += bool(folder.uidvalidity)
    folder.uidvalidity, folder.uidnext, folder.backfill_low_uid = selected.uidvalidity, top, top
    folder.mirrored = rows.held(folder).count()  # none, unless this UIDVALIDITY has been here before
    folder.highestmodseq, folder.server_messages = selected.highestmodseq or 0, selected.exists
    with session.writing():
        folder.save(update_fields=["uidvalidity", "uidnext", "backfill_low_uid", "mirrored", "highestmodseq", "server_messages"])
    session.tell(("mailbox", folder.mailbox_id), ("folder", folder.pk))


def _arrivals(session: Session, folder: Folder, selected: Selected, meanwhile: Callable[[], None]) -> bool:
    """Whether all of them are in. UIDNEXT moves on with the other cursors, because the newest come first. `meanwhile` is done
    once, while the first that come whole are read."""
    if selected.uidnext and selected.uidnext <= folder.uidnext:
        meanwhile()
        return True
    there = session.client.search_range(folder.uidnext)
    fresh = there - rows.held_uids(folder, folder.uidnext)
    if not fresh:
        meanwhile()
    for number, window in enumerate(fresh.newest_first(fetching.WINDOW)):
        if number and session.is_over:
            return False
        if not fetching.bring_in(session, folder, window, meanwhile=None if number else meanwhile):
            return False
    folder.uidnext = max(folder.uidnext, there.highest + 1, selected.uidnext or 0)
    return True


def _flags(session: Session, folder: Folder, selected: Selected) -> bool:
    """Whether every letter's flags are known now."""
    fell = (selected.highestmodseq or folder.highestmodseq) < folder.highestmodseq  # as only a restored backup may
    if selected.highestmodseq and folder.highestmodseq and not fell and not gmail.must_audit(session, folder):
        if selected.highestmodseq != folder.highestmodseq and not selected.resynced:
            _hear(session, folder, session.client.fetch_changed(folder.highestmodseq))
        return not session.client.has_labels or folder.backfill_low_uid != 0
    late = not folder.compared_at or timezone.now() - folder.compared_at > COMPARE_EVERY
    everything = fell or late or session.client.has_labels
    for window in (rows.held_uids(folder) if everything else rows.newest_uids(folder, NEWEST)).newest_first(FLAG_WINDOW):
        _hear(session, folder, session.client.fetch(window, Items()))
    return everything


def _news(session: Session, folder: Folder) -> tuple[Event, ...]:
    """What the server has told unasked until now, with flags heard; the rest is for the counting."""
    news = session.client.take_untagged()
    _hear_flags(session, folder, news)
    return _no_flags(news)


def _hear_flags(session: Session, folder: Folder, news: Iterable[Event]) -> None:
    _hear(session, folder, (one for one in news if isinstance(one, Fetched) and one.uid and one.flags is not None))


def _no_flags(news: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(one for one in news if not isinstance(one, Fetched))


def _hear(session: Session, folder: Folder, said: Iterable[Fetched]) -> None:
    """A window at a time, so that memory does not grow with what changed."""
    for window in _windows(said):
        known = rows.spoken(folder, window)
        news = plan.news({uid: _spoken(session, one, known.get(uid)) for uid, one in window.items()}, known)
        if news:
            with session.writing(lazily=True):  # lost with the cursors, it is told again
                concerned = rows.hear(folder, news, {uid: window[uid].modseq or 0 for uid in news})
                changed = threads.refresh(concerned)
            session.tell(*(("folder", one) for one in changed), *(("thread", one) for one in concerned))
        session.renew()


def _spoken(session: Session, said: Fetched, before: plan.Spoken | None) -> plan.Spoken:
    """What Gmail tells unasked is without its labels: those of before still hold."""
    kept = before[1] if before and session.client.has_labels and said.labels is None else ()
    return said.flags or 0, tuple(storable((*said.words, *filter(is_label, kept))))


def _windows(said: Iterable[Fetched]) -> Iterator[dict[int, Fetched]]:
    rest = iter(said)
    while window := {one.uid: one for one in islice(rest, FLAG_WINDOW)}:
        yield window
