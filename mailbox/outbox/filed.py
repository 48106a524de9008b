"""The copy in Sent: here with the commit that queues the letter, on the server once the undo time is over. Of a letter that
was scheduled it is made when the letter leaves."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from mailbox import ingest, live, threads
from mailbox.models import Change, Flag, Folder, Mailbox, Outgoing, Placement
from mailbox.outbox import answered

logger = logging.getLogger(__name__)

# Submission servers that file what they take. They are given the time to do it before we file ours, which looks first.
KEEPERS = {"smtp.gmail.com", "smtp.googlemail.com", "smtp-mail.outlook.com", "smtp.office365.com"}
KEEPERS_TAKE = timedelta(minutes=3)


class AlreadyFiled(Exception):
    """The server has the copy, or is being told of it."""


def file(outgoing: Outgoing, when: datetime) -> None:
    """Lay the copy into Sent, with its Bcc (RFC 5322 section 3.6.3), and remember to tell the server after `not_before`;
    in the caller's transaction."""
    folder = sent_folder(outgoing.mailbox)
    copy = outgoing.bcc.encode() + outgoing.letter()
    placement = ingest.place(folder, copy, uid=None, uidvalidity=folder.uidvalidity, flags=Flag.SEEN, internal_date=when)
    outgoing.filed = placement.message
    outgoing.save(update_fields=["filed"])
    if outgoing.mailbox.is_collected:
        return
    Change.objects.create(
        mailbox=outgoing.mailbox,
        message=placement.message,
        kind=Change.Kind.APPEND,
        args={"folder": folder.pk, "flags": int(Flag.SEEN), "outgoing": outgoing.pk},
        next_at=outgoing.not_before + (KEEPERS_TAKE if keeps_copies(outgoing.mailbox) else timedelta()),
    )


def file_leaving(outgoing_ids: Iterable[int]) -> None:
    """Make the copies that these letters still lack. Nothing that goes wrong with a copy may stop its letter."""
    for pk in outgoing_ids:
        try:
            _file_leaving(pk)
        except Exception:
            logger.exception("The copy of letter %s is not in Sent yet; it is tried again.", pk)


@transaction.atomic
def _file_leaving(pk: int) -> None:
    letters = Outgoing.objects.select_related("mailbox", "draft__about").filter(pk=pk)
    found = letters.get()
    answered.lock(found.mailbox_id, found.draft.about if found.draft else None)
    outgoing = letters.select_for_update(no_key=True, of=("self",)).get()
    if outgoing.unfiled:
        file(outgoing, outgoing.not_before)
        answered.mark(outgoing)
        Outgoing.objects.filter(pk=pk).update(unfiled=False)


def take_back(outgoing: Outgoing) -> None:
    """Neither here nor there; in the caller's transaction, under `threads.lock`. Raises AlreadyFiled."""
    changes = Change.objects.filter(mailbox=outgoing.mailbox_id, kind=Change.Kind.APPEND, args__outgoing=outgoing.pk)
    change = changes.select_for_update().first()
    if change and change.state != Change.State.PENDING:
        raise AlreadyFiled
    message = outgoing.filed
    if message is None:
        return
    Placement.objects.filter(message=message, uid=None).delete()
    changes.delete()
    thread = message.thread_id
    if not message.placements.exists():
        message.delete()
    live.tell_of(outgoing.mailbox_id, "folder", *threads.refresh([thread]))
    live.tell_of(outgoing.mailbox_id, "thread", thread)


def keeps_copies(mailbox: Mailbox) -> bool:
    return mailbox.outgoing_endpoint.host in KEEPERS


def is_proven(outgoing: Outgoing) -> bool:
    """Whether the provider has filed the letter itself, which it does after it has taken it: a copy with a UID lies in Sent
    though we have not told the server of ours."""
    if not keeps_copies(outgoing.mailbox):
        return False
    told = Change.objects.filter(mailbox=outgoing.mailbox_id, kind=Change.Kind.APPEND, args__outgoing=outgoing.pk)
    if told.exclude(state=Change.State.PENDING).exists():
        return False
    there = Placement.objects.filter(folder__mailbox=outgoing.mailbox_id, folder__role__in=[Folder.Role.SENT, Folder.Role.ALL])
    return there.filter(message__message_id=outgoing.message_id, uid__isnull=False).exists()


def sent_folder(mailbox: Mailbox) -> Folder:
    """The folder for copies; a Mailbox without one gets it."""
    folders = Folder.objects.filter(mailbox=mailbox, selectable=True, leaving=False)
    found = folders.filter(role=Folder.Role.SENT).first() or folders.filter(wire_name__iexact="Sent").first()
    return found or _make_sent(mailbox)


def _make_sent(mailbox: Mailbox) -> Folder:
    delimiter = Folder.objects.filter(mailbox=mailbox).exclude(delimiter="").values_list("delimiter", flat=True).first() or ""
    folder = Folder.objects.create(
        mailbox=mailbox, name="Sent", wire_name="Sent", delimiter=delimiter, role=Folder.Role.SENT, backfill_low_uid=0
    )
    if not mailbox.is_collected:
        Change.objects.create(mailbox=mailbox, kind=Change.Kind.CREATE, args={"folder": folder.pk, "name": "Sent"})
    return folder
