"""Copies that are here first are filed on the server: of a sent letter once, however often the answer is lost."""

from collections.abc import Sequence
from functools import partial

from mailbox import ingest
from mailbox.models import Change, Folder, Placement
from mailbox.sync import rows
from mailbox.sync.finding import find
from mailbox.sync.session import Session, Settle, flag_names


def append(session: Session, changes: Sequence[Change]) -> Settle:
    """One Change. Whether the server has it already is asked first: a provider may file its own copy, and an answer of its
    to us may have been lost."""
    folder = Folder.objects.get(pk=changes[0].args["folder"])
    waiting = Placement.objects.filter(message=changes[0].message_id, folder=folder, uid=None, gone_at=None)
    place = waiting.select_related("message").first()
    if place is None:
        return partial(_settle, folder, folder.uidvalidity, [])
    uid = find(session, folder, place.message)
    if uid is not None:
        return partial(_settle, folder, folder.uidvalidity, [(place, uid)])
    raw = b"".join(ingest.source_of(place.message))
    filed = session.client.append(folder.wire_name, raw, flag_names(place.flags), place.sort_at)
    if filed is None:  # the next pass recognises it
        return partial(_settle, folder, folder.uidvalidity, [])
    return partial(_settle, folder, filed.uidvalidity, [(place, filed.uid)])


def _settle(folder: Folder, uidvalidity: int, named: Sequence[tuple[Placement, int]]) -> set[int]:
    rows.name(folder, uidvalidity, named)
    return set()
