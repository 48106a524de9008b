"""The pass over one Mailbox: what people did here goes up first, then what changed there comes down, newest first."""

import logging

from django.utils import timezone

from mailbox.imap.errors import CommandRefused
from mailbox.imap.events import FolderStatus
from mailbox.models import Folder
from mailbox.sync import (
    budget,
    drafts,
    errands,
    filling,
    filters,
    gmail,
    importing,
    listing,
    muting,
    plan,
    room,
    tidying,
    visiting,
)
from mailbox.sync.profiles import profile_of
from mailbox.sync.session import Session, sentence

logger = logging.getLogger(__name__)

RENUMBERED = "The mail server gives these letters new numbers again and again, so it is asked for them once an hour only."
ORDER = ["inbox", "sent", "drafts", "archive", "", "all", "junk", "trash"]


def run(session: Session, only: str = "") -> bool:
    """One pass, over the folder of that name or over all; whether something is left for the next."""
    _hand_in(session)
    found, told = listing.bring_up(session)
    folders = _wanted(session, found, only)
    whole = [_look(session, folder, told.get(folder.wire_name)) for folder in folders]
    waits = errands.of(session)
    if "muted" in waits:
        muting.carry_on(session.mailbox)
    if "filters" in waits:
        filters.ring(session.mailbox.pk)
    spent = budget.is_spent(session.mailbox, session.octets)
    full = bool(waits & {"limit", "domain"}) and bool(room.taken_by(session.mailbox))
    left = not (all(whole) or spent)  # what is new has come in even so, and what is deleted makes room
    if not (spent or full):
        left = _import(session, folders, only, whole=all(whole))
    if all(whole) and not (left or only) and errands.of(session) & {"ghosts", "stones"}:
        tidying.tidy(session)
    return left


def _hand_in(session: Session) -> None:
    waits = errands.of(session)
    if waits & {"wanted", "changes"}:
        filling.attend(session)
    if waits & {"drafts", "copies"}:
        drafts.push(session)


def _import(session: Session, folders: list[Folder], only: str, *, whole: bool) -> bool:
    """What was there before we came; whether something is left. `whole`: all that is new is in."""
    for number, folder in enumerate(filter(is_importing, folders)):
        if number == 0 or not session.is_over:  # however short the time, something comes in
            importing.import_rest(session, folder)
    if not whole or any(map(is_importing, folders)):
        return True
    if errands.of(session) & {"bodies", "count"}:
        for one in folders if only else [None]:
            filling.fill(session, folder=one)
    return session.is_over and filling.is_left(session.mailbox)


def is_importing(folder: Folder) -> bool:
    """A folder that could never be opened has no UIDVALIDITY, and nothing to wait for."""
    return bool(folder.uidvalidity and folder.backfill_low_uid and not folder.is_parked)


def _wanted(session: Session, folders: list[Folder], only: str) -> list[Folder]:
    """Those that can be looked into, in the order in which people look for them."""
    skipped = Folder.Role.ALL if profile_of(session.mailbox).skip_all else None
    some = [
        folder
        for folder in folders
        if folder.selectable and folder.missing_since is None and not (folder.is_label or folder.leaving)
        if folder.role != skipped and (not only or only in (folder.name, folder.wire_name))
    ]
    return sorted(some, key=lambda folder: (ORDER.index(folder.role), folder.name))


def _look(session: Session, folder: Folder, status: FolderStatus | None) -> bool:
    """Open the folder if anything may have changed in it; whether nothing is left. One that the server lists but does not
    open is passed by."""
    if folder.is_parked:
        return True
    try:
        audit = gmail.must_audit(session, folder)
        if not audit and _is_unchanged(folder, status or session.client.status(session.name_of(folder))):
            return True
        if not visiting.visit(session, folder):
            return False
        if is_importing(folder) and folder.backfill_low_uid == folder.uidnext:
            importing.import_newest(session, folder)
    except CommandRefused as error:
        logger.warning("Folder %s cannot be read: %s", folder.pk, error)
        Folder.objects.filter(pk=folder.pk).update(trouble=sentence(error))
    else:
        trouble = RENUMBERED if folder.is_parked else ""
        if folder.trouble != trouble:
            Folder.objects.filter(pk=folder.pk).update(trouble=trouble)
    return True


def _is_unchanged(folder: Folder, status: FolderStatus) -> bool:
    if status.messages is None or status.uidvalidity is None:
        return False
    there = plan.There(status.messages, status.uidvalidity, status.uidnext, status.highestmodseq)
    looked = folder.checked_at and timezone.now() - folder.checked_at < visiting.LOOK_EVERY
    here = plan.Here(
        mirrored=folder.mirrored,
        uidvalidity=folder.uidvalidity,
        uidnext=folder.uidnext,
        highestmodseq=folder.highestmodseq,
        low=folder.backfill_low_uid,
        stale=folder.role == Folder.Role.INBOX or not looked,
    )
    return plan.is_unchanged(there, here)
