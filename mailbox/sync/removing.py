"""Letters leave a folder of the server: behind a copy, or for ever because a person said so."""

from collections.abc import Sequence
from functools import partial

from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Folder, Placement
from mailbox.sync import rows
from mailbox.sync.finding import is_same
from mailbox.sync.session import Session, Settle
from mailbox.wire import Refused


def remove(session: Session, folder: Folder, uids: UidSet) -> bool:
    """Whether they are gone; without UIDPLUS they are only marked, and stay so."""
    session.select(folder, readonly=False)
    session.client.store(uids, flags=("\\Deleted",), on=True)
    if "UIDPLUS" in session.client.capabilities:
        session.client.expunge(uids)
    return "UIDPLUS" in session.client.capabilities


def expunge(session: Session, changes: Sequence[Change]) -> Settle:
    """`changes` are all about one folder. Each letter is compared first with what we believe it is."""
    places = Placement.objects.select_related("folder", "message").in_bulk([change.args["placement"] for change in changes])
    named = {place.uid: place for place in places.values() if place.uid}
    if not named:
        return partial(_settle, list(places.values()), [], set())
    folder = next(iter(named.values())).folder
    selected = session.select(folder)
    if any(place.uidvalidity != selected.uidvalidity for place in named.values()):
        return partial(_settle, [], [], {change.pk for change in changes})
    there = {one.uid: one for one in session.client.fetch(UidSet.of(named), Items(size=True, internal_date=True))}
    if not all(is_same(place.message, there[uid]) for uid, place in named.items() if uid in there):
        raise Refused("The mail server has another letter in that place; nothing was deleted.")
    present = UidSet.of(uid for uid in named if uid in there)
    marked = [] if not present or remove(session, folder, present) else [named[uid] for uid in present]
    gone = [place for place in places.values() if place not in marked]
    return partial(_settle, gone, marked, set())


def _settle(gone: Sequence[Placement], marked: Sequence[Placement], later: set[int]) -> set[int]:
    rows.mark(marked)
    rows.forget(gone)
    return later
