"""The letter box: what is posted stands in the message queue with the commit, once, whoever asks how often.

post -> scheduled (undo time, or a time the person chose) -> claimed by the relay when its time has come
undo -> as if never posted, while nobody has claimed it;  cancel -> tried no more;  retry -> tried now
reschedule -> the same draft, posted anew for another time
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import ingest, live
from mailbox.bell import ring
from mailbox.mime.headers import read_addresses
from mailbox.models import Access, Draft, Mailbox, Outgoing, Recipient, many
from mailbox.outbox import answered, clearance, filed, limits, signing, sites
from mailbox.outbox.clearance import Clearance
from mailbox.outbox.clock import now
from mailbox.outbox.fate import CANCELLED, RETRIED
from mailbox.outbox.freezing import CannotPost, Frozen, freeze_draft, freeze_raw
from mailbox.outbox.plan import site_of
from mailbox.outbox.schedule import LIFE

__all__ = ["CannotPost", "Forbidden", "TooLate", "cancel", "post_draft", "post_raw", "reschedule", "retry", "undo"]

State = Recipient.State

SOON = timedelta(minutes=1)  # what leaves later than that was scheduled, and is dated when it leaves
FEW = 5  # addressees of a letter between people; one to more of them is a mass mailing


class TooLate(Exception):
    """The letter has left, or is leaving."""


class Forbidden(Exception):
    """This person may not send for that Mailbox."""


@transaction.atomic
def post_draft(draft: Draft, user: User, *, not_before: datetime | None = None) -> Outgoing:
    """Queue the draft; it leaves at `not_before`, or when the undo time is over. Posted twice, it is the same Outgoing.

    Raises CannotPost, and Draft.DoesNotExist for somebody else's."""
    drafts = Draft.objects.of(user).select_related("mailbox", "identity", "about")
    draft = drafts.select_for_update(of=("self",)).get(pk=draft.pk)
    posted = Outgoing.objects.filter(mailbox=draft.mailbox, key=str(draft.key)).first()
    if posted:
        return posted
    sender = (draft.identity or draft.mailbox).address
    cleared = clearance.ask(draft.mailbox, user, sender, read_addresses(draft.to, draft.cc, draft.bcc))()
    return post_locked(draft, user, cleared, not_before=not_before)


def post_locked(draft: Draft, user: User, cleared: Clearance, *, not_before: datetime | None = None) -> Outgoing:
    """The same for a draft whose row is locked by the caller's transaction, and was not posted."""
    identity, moment = draft.identity, cleared.moment
    if identity is None or identity.mailbox_id != draft.mailbox_id or not cleared.lets(user):
        raise CannotPost("identity", _("You cannot write as that address. Choose another one."))
    leaves = not_before or moment + timedelta(seconds=user.undo_seconds)
    date = leaves if leaves > moment + SOON else moment
    frozen = signing.depart(freeze_draft(draft, identity, date), cleared.domain, date)
    return _enqueue(draft.mailbox, frozen, str(draft.key), cleared, leaves, draft, user)


def post_raw(mailbox: Mailbox, raw: bytes, recipients: Sequence[str], key: str) -> Outgoing:
    """Queue a letter that is bytes already, with CRLF, to leave now. The same key is the same Outgoing. Raises CannotPost."""
    posted = Outgoing.objects.filter(mailbox=mailbox, key=key)
    try:
        with transaction.atomic():
            if found := posted.first():
                return found
            own = mailbox.identities.values_list("address", flat=True)
            frozen = freeze_raw(raw, recipients, own, now())
            cleared = clearance.ask(mailbox, None, frozen.return_path, frozen.people)()
            frozen = signing.depart(frozen, cleared.domain, cleared.moment)
            return _enqueue(mailbox, frozen, key, cleared, cleared.moment)
    except limits.OverLimit as over:
        limits.alert(over)
        raise
    except IntegrityError:  # the same key, at the same time, in another process
        return posted.get()


def undo(outgoing: Outgoing, user: User) -> Draft:
    """Take the letter back, copy in Sent and all; the draft as it was, with the time that was chosen. Raises TooLate,
    Forbidden."""
    with transaction.atomic():
        outgoing = _locked(outgoing, user)
        rows = list(outgoing.recipients.select_for_update())
        if outgoing.draft is None or any(row.state not in {State.SCHEDULED, State.QUEUED} or row.attempts for row in rows):
            raise TooLate
        _take_back(outgoing)
        outgoing.recipients.update(state=State.CANCELLED, done_at=now())
        Outgoing.objects.filter(pk=outgoing.pk).update(key=f"undone:{outgoing.pk}")  # the draft may be posted again
        chosen = outgoing.not_before if outgoing.chosen else None
        Draft.objects.filter(pk=outgoing.draft.pk).update(sent_at=None, leaves_at=chosen)
        limits.refund(outgoing.mailbox, outgoing.user, len(rows), outgoing.created_at)  # after the draft, as who posts locks them
        live.tell_of(outgoing.mailbox_id, "outgoing", outgoing.pk)
    return Draft.objects.get(pk=outgoing.draft.pk)


@transaction.atomic
def reschedule(outgoing: Outgoing, user: User, not_before: datetime | None = None) -> Outgoing:
    """Let it leave at that time instead, or now: frozen anew, because its Date says when it leaves. Raises what `undo` and
    `post_draft` raise; then nothing has changed."""
    return post_draft(undo(outgoing, user), user, not_before=not_before or now())


@transaction.atomic
def cancel(outgoing: Outgoing, user: User) -> int:
    """Try no more; how many addressees that spares the letter (0: too late). If it spares all, the copy in Sent goes too,
    unless the server has it. Raises Forbidden."""
    outgoing = _locked(outgoing, user)
    rows = outgoing.recipients.select_for_update()
    spared = rows.filter(state__in=CANCELLED).update(state=State.CANCELLED, done_at=now())
    if spared and not rows.exclude(state=State.CANCELLED).exists():
        with suppress(TooLate):
            _take_back(outgoing)
    live.tell_of(outgoing.mailbox_id, "outgoing", outgoing.pk)
    return spared


@transaction.atomic
def retry(outgoing: Outgoing, user: User) -> int:
    """Try those now who have not got it, the same bytes again; how many. Raises Forbidden."""
    outgoing = _locked(outgoing, user)
    moment = now()
    rows = outgoing.recipients.filter(state__in=RETRIED, stopped=False)
    if rows.filter(state=State.HELD).exists():
        Outgoing.objects.filter(mailbox=outgoing.mailbox_id).update(held_with=b"")  # the password may be good again
    rows.filter(state=State.FAILED).update(attempts=0)
    sites.wake(rows.values("site"))
    waiting = rows.update(state=State.QUEUED, next_at=moment, lease_token=None, done_at=None)
    Outgoing.objects.filter(pk=outgoing.pk, expires_at__lt=moment + LIFE).update(expires_at=moment + LIFE)
    ring("relay.deliver", outgoing.pk)
    live.tell_of(outgoing.mailbox_id, "outgoing", outgoing.pk)
    return waiting


def _enqueue(
    mailbox: Mailbox,
    frozen: Frozen,
    key: str,
    cleared: Clearance,
    not_before: datetime,
    draft: Draft | None = None,
    user: User | None = None,
) -> Outgoing:
    """At the end of the caller's transaction: the bytes, the envelope, a row for each addressee, the bell."""
    this_hour, moment = cleared.check(frozen.people), cleared.moment
    outgoing = Outgoing(
        pk=cleared.number,
        mailbox=mailbox,
        draft=draft,
        user=user,
        key=key,
        message_id=frozen.message_id,
        subject=frozen.subject,
        return_path=frozen.return_path,
        token=frozen.token,
        data=ingest.pack(frozen.raw),
        bcc=frozen.bcc,
        size=len(frozen.raw),
        not_before=not_before,
        expires_at=not_before + LIFE,
        chosen=not_before > moment + SOON,
        unfiled=True,
        notify=draft.notify if draft else False,
        created_at=moment,  # by the clock of the counts, so that a refund finds their hour
    )
    with many.together(commit=True):
        many.add_few([outgoing])
        _address(outgoing, frozen, moment, bulk=len(frozen.addressees) > FEW or this_hour > limits.MANY)
        if draft:
            _close(draft, moment)
    live.tell(cleared.roles, "outgoing", outgoing.pk)
    _ring(outgoing, frozen, moment)
    return outgoing


def _ring(outgoing: Outgoing, frozen: Frozen, moment: datetime) -> None:
    """A letter to one site may go with another one's bell; who claims it rings for the copy in Sent."""
    if outgoing.not_before <= moment:
        where = {site_of(outgoing.mailbox, one.address) for one, _ in frozen.addressees}
        ring("relay.deliver", outgoing.pk, about=where.pop() if len(where) == 1 else "")
    elif not outgoing.chosen:
        filed.ring_for(outgoing.mailbox_id)


def _address(outgoing: Outgoing, frozen: Frozen, moment: datetime, *, bulk: bool) -> None:
    state = State.SCHEDULED if outgoing.not_before > moment else State.QUEUED
    where = {"outgoing_id": outgoing.pk, "state": state, "next_at": outgoing.not_before, "bulk": bulk}
    rows = [
        many.make(Recipient, address=one.address, name=one.name, kind=kind, site=site_of(outgoing.mailbox, one.address), **where)
        for one, kind in frozen.addressees
    ]
    many.add_few(rows)


def _close(draft: Draft, moment: datetime) -> None:
    draft.sent_at = moment
    many.ask("UPDATE mailbox_draft SET sent_at = %s WHERE id = %s", [moment, draft.pk])


def _locked(outgoing: Outgoing, user: User) -> Outgoing:
    """The row as it is now, under locks in the order that the mirror takes them. Raises Forbidden."""
    if not Access.objects.filter(user=user, mailbox=outgoing.mailbox_id, role__in=Access.SENDS).exists():
        raise Forbidden
    answered.lock(outgoing.mailbox_id, outgoing.draft.about if outgoing.draft else None)
    rows = Outgoing.objects.select_for_update(of=("self",), no_key=True)  # a claim's new Attempt points to it, and may
    return rows.select_related("mailbox", "draft", "filed").get(pk=outgoing.pk)


def _take_back(outgoing: Outgoing) -> None:
    try:
        filed.take_back(outgoing)
        answered.take_back(outgoing)
    except filed.AlreadyFiled:
        raise TooLate from None
