"""Drafts on the server are a projection of ours: each revision is filed after a pause, and the one before it removed."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from mailbox import ingest, threads
from mailbox.imap.errors import CommandRefused
from mailbox.imap.uids import UidSet
from mailbox.ingest import Arrival
from mailbox.mime.headers import is_address, read_addresses
from mailbox.mime.letter import Address, Letter
from mailbox.mime.write import Unwritable, bcc_header, write_letter
from mailbox.models import Draft, Flag, Folder, Mailbox, Placement, Recipient
from mailbox.sync import rows
from mailbox.sync.removing import remove
from mailbox.sync.session import Session, flag_names

PAUSE = timedelta(seconds=20)  # after the last keystroke
FLAGS = Flag.DRAFT | Flag.SEEN


def written() -> QuerySet[Draft]:
    """Those whose copy on the server is old, after a pause. A maildrop takes no copies."""
    changed = Draft.objects.exclude(mailbox__in=Mailbox.objects.collected()).filter(
        sent_at=None, discarded_at=None, revision__gt=F("pushed_revision")
    )
    return changed.filter(updated_at__lt=Now() - PAUSE)


def over() -> QuerySet[Draft]:
    """Those whose copy is there for no reason any more: thrown away, or sent, and then only when the letter has arrived
    somewhere."""
    arrived = Recipient.objects.filter(outgoing__draft=OuterRef("pk"), state=Recipient.State.SENT)
    filed = Draft.objects.filter(placement__isnull=False)
    return filed.filter(Q(discarded_at__isnull=False) | Q(sent_at__isnull=False) & Q(Exists(arrived)))


def push(session: Session) -> None:
    """Raises TryLater, LeaseLost. A Mailbox without a folder for drafts keeps them here only."""
    copies = ("placement__folder", "placement__message")
    if (filed := over().filter(mailbox=session.mailbox)).exists():  # seldom: the whole question costs more than all others
        for draft in filed.select_related(*copies):
            _withdraw(session, draft.placement)
    if not (changed := written().filter(mailbox=session.mailbox)).exists():
        return
    folder = Folder.objects.filter(mailbox=session.mailbox, role=Folder.Role.DRAFTS, selectable=True, uidvalidity__gt=0).first()
    if folder:
        for draft in changed.select_related("identity", "mailbox", "about__raw", *copies):
            _file(session, folder, draft)


def _file(session: Session, folder: Folder, draft: Draft) -> None:
    """The new revision first, then away with the old: whatever happens between, the words are there."""
    now = timezone.now().replace(microsecond=0)
    raw = _written(draft, now)
    placement = _append(session, folder, raw, now) if raw else None
    before = draft.placement
    Draft.objects.filter(pk=draft.pk).update(pushed_revision=draft.revision, placement=placement or before)
    if before and placement:
        _withdraw(session, before)


def _append(session: Session, folder: Folder, raw: bytes, now: datetime) -> Placement | None:
    """None if the server will not have it: the draft lives here anyway."""
    message_id = ingest.read(raw).message_id
    selected = session.select(folder)
    known = session.client.search_message_id(message_id)  # filed before, and the answer was lost
    try:
        filed = None if known else session.client.append(session.name_of(folder), raw, flag_names(FLAGS), now)
    except CommandRefused:
        return None
    uid = known[-1] if known else filed.uid if filed and filed.uidvalidity == folder.uidvalidity else None
    uid = uid if selected.uidvalidity == folder.uidvalidity else None
    arrival = Arrival(raw, uid, folder.uidvalidity, FLAGS, now, len(raw))
    with session.writing():
        placed = ingest.place_many(folder, [ingest.prepare(arrival)])
    session.tell(*(("folder", one) for one in placed.folders))
    return placed.placements[0]


def _withdraw(session: Session, placement: Placement | None) -> None:
    """Our own projection, so it may be expunged. One whose UID is not known goes when a pass has recognised it."""
    if placement is None or placement.uid is None:
        return
    gone = remove(session, placement.folder, UidSet.of([placement.uid]))
    Draft.objects.filter(placement=placement).update(placement=None)
    with session.writing():  # never holds a Draft's row: who sends one holds that first
        (rows.forget if gone else rows.mark)([placement])
        changed = threads.refresh([placement.message.thread_id])
    session.tell(*(("folder", one) for one in changed))


# --- The bytes of a draft ------------------------------------------------------------------------------------------------


def _written(draft: Draft, now: datetime) -> bytes | None:
    """None if it cannot be a letter yet. Half an address is left out: it is still in the draft here."""
    sender = draft.identity
    address = sender.address if sender else draft.mailbox.address
    about = ingest.letter_of(draft.about) if draft.about else Letter()
    thread = tuple(dict.fromkeys((*about.references, about.message_id))) if about.message_id else ()
    message_id = f"{draft.key}.{draft.revision}@{address.rpartition('@')[2]}"
    try:
        raw = write_letter(
            sender=Address(sender.name if sender else "", address),
            to=_addresses(draft.to),
            cc=_addresses(draft.cc),
            subject=draft.subject,
            date=now,
            message_id=message_id,
            in_reply_to=about.message_id,
            references=thread,
            **draft.body(message_id),
        )
        return bcc_header(_addresses(draft.bcc)).encode() + raw if draft.bcc else raw
    except Unwritable:
        return None


def _addresses(typed: str) -> tuple[Address, ...]:
    return tuple(one for one in read_addresses(typed) if is_address(one.address))
