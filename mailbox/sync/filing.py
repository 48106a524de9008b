"""Copies that are here first are filed on the server: of a sent letter once, however often the answer is lost."""

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _

from mailbox import ingest
from mailbox.models import Change, Folder, Placement
from mailbox.sync import rows
from mailbox.sync.finding import is_same, namesakes, renamed
from mailbox.sync.profiles import profile_of
from mailbox.sync.session import Session, Settle, flag_names
from mailbox.wire import Refused

WAITS = 3  # times that the copy of a provider that files its own is waited for


def append(session: Session, changes: Sequence[Change]) -> Settle:
    """One Change. Whether the server has it already is asked first: a provider may file its own copy, and an answer of its
    to us may have been lost."""
    folder = Folder.objects.filter(pk=changes[0].args["folder"]).first()
    if folder is None:
        raise Refused(_("The folder is not there any more."))
    waiting = Placement.objects.filter(message=changes[0].message_id, folder=folder, uid=None, gone_at=None)
    place = waiting.select_related("message").first()
    if place is None:
        return partial(_settle, folder, folder.uidvalidity, [])
    there = namesakes(session, folder, place.message)
    same = [(place, one.uid) for one in there if is_same(place.message, one)]
    keeps = profile_of(session.mailbox).files_sent and folder.role == Folder.Role.SENT
    if there or (keeps and renamed(session, folder, place.message)):
        # With other bytes it is the provider's own copy, and the next pass puts it in the place of ours.
        return partial(_settle, folder, folder.uidvalidity, same[-1:])
    if keeps and changes[0].attempts < WAITS:
        return partial(_later, changes[0].pk)
    raw = b"".join(ingest.source_of(place.message))
    filed = session.client.append(session.name_of(folder), raw, flag_names(place.flags), place.sort_at)
    if filed is None:  # the next pass recognises it
        return partial(_settle, folder, folder.uidvalidity, [])
    return partial(_settle, folder, filed.uidvalidity, [(place, filed.uid)])


def _later(change_id: int) -> set[int]:
    return {change_id}


def _settle(folder: Folder, uidvalidity: int, named: Sequence[tuple[Placement, int]]) -> set[int]:
    rows.name(folder, uidvalidity, named)
    return set()
