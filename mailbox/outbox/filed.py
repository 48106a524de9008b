"""The copy in Sent: made here right after the commit that queues the letter, on the server once the undo time is over. Of a
letter that was scheduled it is made when the letter leaves."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from mailbox import ingest, live, threads
from mailbox.bell import hear, ring
from mailbox.ingest import Arrival, Placed, Ready
from mailbox.models import Change, Flag, Folder, Mailbox, Outgoing, Placement, many
from mailbox.outbox import answered

logger = logging.getLogger(__name__)

# Submission servers that file what they take. They are given the time to do it before we file ours, which looks first.
KEEPERS = {"smtp.gmail.com", "smtp.googlemail.com", "smtp-mail.outlook.com", "smtp.office365.com"}
KEEPERS_TAKE = timedelta(minutes=3)

AT_ONCE = 50  # copies in one transaction
LOCK = 8 << 48  # our space among the advisory locks; a Mailbox's id is added


class AlreadyFiled(Exception):
    """The server has the copy, or is being told of it."""


def ring_for_all() -> None:
    """For the copies whose own bell was not heard."""
    for mailbox_id in Outgoing.objects.to_file().values_list("mailbox", flat=True).distinct():
        ring_for(mailbox_id)


def ring_for(mailbox_id: int) -> None:
    ring("mirror.file", mailbox_id, about=f"mirror.file {mailbox_id}")


def file_due(mailbox_id: int) -> None:
    """Make the copies that letters of that Mailbox lack; one that cannot be made stands in no other's way."""
    hear(f"mirror.file {mailbox_id}")
    last = 0
    waiting = Outgoing.objects.to_file().filter(mailbox=mailbox_id).order_by("pk").values_list("pk", flat=True)
    while found := list(waiting.filter(pk__gt=last)[:AT_ONCE]):
        last = found[-1]
        if not _file_calmly(mailbox_id, found) and len(found) > 1:
            for pk in found:
                _file_calmly(mailbox_id, [pk])


def _file_calmly(mailbox_id: int, ids: Sequence[int]) -> bool:
    try:
        _file(mailbox_id, ids)
    except Exception:
        logger.exception("Copies of letters %s are not in Sent yet; they are tried again.", ids)
        return False
    return True


def _file(mailbox_id: int, ids: Sequence[int]) -> None:
    """Read before the locks are taken, laid under them if nobody else has, and the letter was not taken back."""
    letters = list(Outgoing.objects.filter(pk__in=ids).select_related("mailbox", "draft__about").order_by("pk"))
    folder = sent_folder(letters[0].mailbox)
    ready = {one.pk: _read(one, folder) for one in letters}
    with transaction.atomic():
        if not _is_our_turn(mailbox_id):
            return
        answered.lock(mailbox_id, *(one.draft.about for one in letters if one.draft))
        rows = Outgoing.objects.filter(pk__in=ids, unfiled=True).select_for_update(no_key=True)
        left = set(rows.values_list("pk", flat=True))
        if found := [one for one in letters if one.pk in left]:
            _lay(folder, found, [ready[one.pk] for one in found])


def _read(outgoing: Outgoing, folder: Folder) -> Ready:
    """With its Bcc (RFC 5322 section 3.6.3)."""
    raw = outgoing.bcc.encode() + outgoing.letter()
    when = outgoing.not_before if outgoing.chosen else outgoing.created_at
    return ingest.prepare(Arrival(raw, None, folder.uidvalidity, Flag.SEEN, when, len(raw)))


def _is_our_turn(mailbox_id: int) -> bool:
    """Bells ring for each letter, and the first one heard has all of them filed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK + mailbox_id])
        return bool(cursor.fetchone()[0])


def _lay(folder: Folder, letters: Sequence[Outgoing], ready: Sequence[Ready]) -> None:
    placed = ingest.place_many(folder, ready)
    for outgoing, placement in zip(letters, placed.placements, strict=True):
        outgoing.filed, outgoing.unfiled = placement.message, False
        answered.mark(outgoing)
    many.rewrite(letters, ["filed", "unfiled"])
    if not letters[0].mailbox.is_collected:
        Change.objects.bulk_create([_change(folder, one) for one in letters])
    _tell(folder, placed, letters)


def _change(folder: Folder, outgoing: Outgoing) -> Change:
    """The server is told after the undo time."""
    return Change(
        mailbox=outgoing.mailbox,
        message=outgoing.filed,
        kind=Change.Kind.APPEND,
        args={"folder": folder.pk, "flags": int(Flag.SEEN), "outgoing": outgoing.pk},
        next_at=outgoing.not_before + (KEEPERS_TAKE if keeps_copies(outgoing.mailbox) else timedelta()),
    )


def _tell(folder: Folder, placed: Placed, letters: Sequence[Outgoing]) -> None:
    people = live.watchers(folder.mailbox_id)
    live.tell(people, "folder", *placed.folders)
    live.tell(people, "thread", *placed.threads)
    live.tell(people, "outgoing", *(one.pk for one in letters))


def take_back(outgoing: Outgoing) -> None:
    """Neither here nor there; in the caller's transaction, under `threads.lock`. Raises AlreadyFiled."""
    changes = Change.objects.filter(mailbox=outgoing.mailbox_id, kind=Change.Kind.APPEND, args__outgoing=outgoing.pk)
    change = changes.select_for_update().first()
    if change and change.state != Change.State.PENDING:
        raise AlreadyFiled
    Outgoing.objects.filter(pk=outgoing.pk).update(unfiled=False)
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
    same = Q(message__message_id=outgoing.message_id) | Q(message=outgoing.filed_id)  # or renamed, and in the place of ours
    return there.filter(same, uid__isnull=False).exists()


def sent_folder(mailbox: Mailbox) -> Folder:
    """The folder for copies; a Mailbox without one gets it."""
    return _find_sent(mailbox) or _make_sent(mailbox)


def _find_sent(mailbox: Mailbox) -> Folder | None:
    folders = Folder.objects.filter(mailbox=mailbox, selectable=True, leaving=False)
    return folders.filter(role=Folder.Role.SENT).first() or folders.filter(wire_name__iexact="Sent").first()


@transaction.atomic
def _make_sent(mailbox: Mailbox) -> Folder:
    threads.lock(mailbox.pk)
    if found := _find_sent(mailbox):
        return found
    delimiter = Folder.objects.filter(mailbox=mailbox).exclude(delimiter="").values_list("delimiter", flat=True).first() or ""
    folder = Folder.objects.create(
        mailbox=mailbox, name="Sent", wire_name="Sent", delimiter=delimiter, role=Folder.Role.SENT, backfill_low_uid=0
    )
    if not mailbox.is_collected:
        Change.objects.create(mailbox=mailbox, kind=Change.Kind.CREATE, args={"folder": folder.pk, "name": "Sent"})
    return folder
