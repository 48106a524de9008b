"""Letters go from one folder of the server into another.

MOVE          one command, atomic for each letter (RFC 6851)
no MOVE       COPY, remember that it was done, +FLAGS (\\Deleted), UID EXPUNGE of these letters only
no UIDPLUS    they stay marked \\Deleted: a plain EXPUNGE would take what other clients have marked
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox.imap.codes import CopyUid
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Folder, Placement
from mailbox.sync import rows
from mailbox.sync.finding import find
from mailbox.sync.removing import remove
from mailbox.sync.session import Session, Settle
from mailbox.wire import Refused

Role = Folder.Role


@dataclass
class _Journey:
    """One letter on its way. `uid`: in the old folder, 0 if it is not there any more; `arrived`: in the new one, if known;
    `lost`: it is in neither, somebody else was quicker. A letter without a Message-ID is left for the next pass to recognise."""

    change: Change
    old: Placement
    new: Placement
    uid: int = 0
    arrived: int | None = None
    lost: bool = False

    @property
    def is_repeated(self) -> bool:
        """Told before, and the answer was lost."""
        return self.change.attempts > 0


@dataclass
class _Road:
    """`uidvalidity` is that of the target, as the server named it; `removed`: the letters are gone from the source, not only
    marked there; `stays`: they lie in the source as well, as in Gmail's All Mail."""

    source: Folder
    target: Folder
    uidvalidity: int = 0
    removed: bool = True
    stays: bool = False


def move(session: Session, changes: Sequence[Change]) -> Settle:
    """`changes` all lead from one folder into one other."""
    args = changes[0].args
    folders = Folder.objects.in_bulk([args["from"], args["folder"]])
    if len(folders) < 2:
        raise Refused(_("The folder is not there any more."))
    road = _Road(folders[args["from"]], folders[args["folder"]])
    road.stays = session.client.has_labels and road.source.role == Role.ALL and road.target.role not in (Role.TRASH, Role.JUNK)
    selected = session.select(road.source, readonly=False)
    journeys = _journeys(changes)
    later = {one.change.pk for one in journeys if one.old.uid and one.old.uidvalidity != selected.uidvalidity}
    going = [one for one in journeys if one.change.pk not in later]
    _locate(session, road.source, going)
    _go(session, road, [one for one in going if one.uid])
    for one in going:
        one.arrived = one.arrived or _lying(session, road.target, one) or find(session, road.target, one.new.message)
        one.lost = not one.arrived and bool(one.new.message.message_id)
    return partial(_settle, road, going, later)


def _journeys(changes: Sequence[Change]) -> list[_Journey]:
    ids = [change.args[end] for change in changes for end in ("source", "placement")]
    places = Placement.objects.select_related("message").in_bulk(ids)
    ends = [(change, places.get(change.args["source"]), places.get(change.args["placement"])) for change in changes]
    return [_Journey(change, old, new) for change, old, new in ends if old and new]


def _locate(session: Session, source: Folder, journeys: Sequence[_Journey]) -> None:
    """Where each letter is now: after an answer that was lost, and for one that has no UID, the server is asked."""
    named = UidSet.of(one.old.uid for one in journeys if one.old.uid)
    there = named
    if named and any(one.is_repeated for one in journeys):
        there = UidSet.of(one.uid for one in session.client.fetch(named, Items()) if one.uid)
    for one in journeys:
        if one.old.uid:
            one.uid = one.old.uid if one.old.uid in there else 0
        else:
            one.uid = find(session, source, one.new.message) or 0


def _go(session: Session, road: _Road, journeys: Sequence[_Journey]) -> None:
    if not journeys:
        return
    if road.stays:
        session.select(road.source, readonly=False)
        _arrive(road, journeys, session.client.copy(_uids(journeys), session.name_of(road.target)))
        return
    if "MOVE" not in session.client.capabilities:
        _copy(session, road, journeys)
        road.removed = remove(session, road.source, _uids(journeys))
        return
    session.select(road.source, readonly=False)
    _arrive(road, journeys, session.client.move(_uids(journeys), session.name_of(road.target)))


def _copy(session: Session, road: _Road, journeys: Sequence[_Journey]) -> None:
    """Copying twice would make two letters of one, so it is remembered at once and asked about after a lost answer."""
    waiting = [one for one in journeys if not one.change.args.get("copied")]
    for one in waiting:
        one.arrived = find(session, road.target, one.new.message) if one.is_repeated else None
    fresh = [one for one in waiting if not one.arrived]
    session.select(road.source, readonly=False)
    if fresh:
        _arrive(road, fresh, session.client.copy(_uids(fresh), session.name_of(road.target)))
    with session.writing():
        for one in waiting:
            one.change.args["copied"] = True
            one.change.save(update_fields=["args"])


def _lying(session: Session, target: Folder, journey: _Journey) -> int | None:
    """Everything lies in Gmail's All Mail, whatever else is done to it."""
    if not session.client.has_labels or target.role != Role.ALL:
        return None
    known = rows.held(target).filter(message=journey.new.message, gone_at=None)
    return known.values_list("uid", flat=True).first()


def _uids(journeys: Iterable[_Journey]) -> UidSet:
    return UidSet.of(one.uid for one in journeys)


def _arrive(road: _Road, journeys: Iterable[_Journey], copied: CopyUid | None) -> None:
    """COPYUID names every letter that was there to be moved; who is not named is looked for."""
    if copied:
        where = dict(copied.pairs)
        road.uidvalidity = copied.uidvalidity
        for one in journeys:
            one.arrived = where.get(one.uid)


def _settle(road: _Road, journeys: Sequence[_Journey], later: set[int]) -> set[int]:
    kept = [] if road.removed and not road.stays else [one.old for one in journeys if one.uid]
    (rows.keep if road.stays else rows.mark)(kept)
    rows.forget([one.old for one in journeys if one.old not in kept])
    uidvalidity = road.uidvalidity or road.target.uidvalidity
    rows.name(road.target, uidvalidity, [(one.new, one.arrived) for one in journeys if one.arrived])
    Placement.objects.filter(pk__in=[one.new.pk for one in journeys if one.lost]).update(gone_at=timezone.now())
    return later
