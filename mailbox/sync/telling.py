"""How each kind of Change is said to a server, and what its answer changes here.

Every function talks outside a transaction and hands back a Settle, which is called inside one.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mailbox.imap.errors import CommandRefused
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Folder, Placement
from mailbox.sync import filing, moving, removing
from mailbox.sync.session import Session, Settle, flag_names
from mailbox.wire import Refused


def source_of(change: Change) -> int | None:
    """The placement under whose UID the server knows the letter."""
    placement: int | None = change.args.get("source", change.args.get("placement"))
    return placement


def _nothing() -> set[int]:
    return set()


# --- Flags ----------------------------------------------------------------------------------------------------------------


def _store(session: Session, changes: Sequence[Change]) -> Settle:
    """Repeating a difference changes nothing, so a Change whose answer was lost is simply told again."""
    places = Placement.objects.select_related("folder").in_bulk([change.args["placement"] for change in changes])
    if not places:
        return _nothing
    selected = session.select(next(iter(places.values())).folder, readonly=False)
    known = [place for place in places.values() if place.uid and place.uidvalidity == selected.uidvalidity]
    args = changes[0].args
    names = (args["keyword"],) if "keyword" in args else flag_names(args["flag"])
    if known:
        session.client.store(UidSet.of(place.uid for place in known if place.uid), flags=names, on=args["on"])
    waiting = places.keys() - {place.pk for place in known}
    later = {change.pk for change in changes if change.args["placement"] in waiting}
    return partial(_acknowledge, known, args, later)


def _acknowledge(places: Sequence[Placement], args: dict[str, Any], later: set[int]) -> set[int]:
    for place in places:
        if "flag" in args:
            place.server_flags = place.server_flags | args["flag"] if args["on"] else place.server_flags & ~args["flag"]
        else:
            others = set(place.server_keywords) - {args["keyword"]}
            place.server_keywords = sorted(others | {args["keyword"]} if args["on"] else others)
    Placement.objects.bulk_update(places, ["server_flags", "server_keywords"], batch_size=500)
    return later


# --- Folders --------------------------------------------------------------------------------------------------------------


def _create(session: Session, changes: Sequence[Change]) -> Settle:
    try:
        session.client.create(changes[0].args["name"])
    except CommandRefused as error:
        if error.code != "ALREADYEXISTS":
            raise
    return _nothing


def _rename(session: Session, changes: Sequence[Change]) -> Settle:
    change = changes[0]
    try:
        session.client.rename(change.args["from"], change.args["name"])
    except CommandRefused as error:
        if not (change.attempts and error.code == "NONEXISTENT"):  # told before, and the answer was lost
            raise
    return _nothing


def _delete(session: Session, changes: Sequence[Change]) -> Settle:
    folder = Folder.objects.filter(pk=changes[0].args["folder"]).first()
    if folder is None:
        return _nothing
    name = session.name_of(folder)
    try:
        if session.client.status(name).messages:
            raise Refused("There are letters in this folder on the mail server that are not here yet.")
        session.client.delete(name)
    except CommandRefused as error:
        if error.code != "NONEXISTENT":
            raise
    return partial(_forget, folder)


def _forget(folder: Folder) -> set[int]:
    folder.delete()
    return set()


TELL: dict[str, Callable[[Session, Sequence[Change]], Settle]] = {
    Change.Kind.FLAG: _store,
    Change.Kind.KEYWORD: _store,
    Change.Kind.MOVE: moving.move,
    Change.Kind.EXPUNGE: removing.expunge,
    Change.Kind.APPEND: filing.append,
    Change.Kind.CREATE: _create,
    Change.Kind.RENAME: _rename,
    Change.Kind.DELETE: _delete,
}
