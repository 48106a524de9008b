"""The sender is told, by a report in the inbox: of a letter that is late after some hours, of one that failed at once."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from mailbox import ingest
from mailbox.mime.encode import Unwritable
from mailbox.mime.letter import Address, ReportedFate
from mailbox.mime.read import read_headers
from mailbox.mime.reporting import Envelope, Facts, write_report
from mailbox.mime.write import new_message_id
from mailbox.models import Access, Change, Folder, Outgoing, Recipient
from mailbox.models.outgoing import UNTOLD
from mailbox.outbox import suppressing
from mailbox.outbox.rules import Rules
from mailbox.outbox.words import next_step, sentence

logger = logging.getLogger(__name__)

State = Recipient.State

BATCH = 50  # letters


def tell(rules: Rules) -> None:
    """One report a letter for all that failed meanwhile, once none of its addressees is being talked about; and one for
    those that are late."""
    busy = Recipient.objects.filter(outgoing=OuterRef("outgoing"), state=State.LEASED)
    failed = Recipient.objects.filter(UNTOLD).exclude(Exists(busy))
    for outgoing_id in failed.order_by("outgoing").values_list("outgoing", flat=True).distinct()[:BATCH]:
        _tell_failed(outgoing_id)
    long_ago = timezone.now() - rules.late_after
    late = Recipient.objects.filter(state=State.DEFERRED, outgoing__late_told_at=None, outgoing__not_before__lt=long_ago)
    for outgoing_id in late.order_by("outgoing").values_list("outgoing", flat=True).distinct()[:BATCH]:
        _tell_late(outgoing_id)


@transaction.atomic
def _tell_failed(outgoing_id: int) -> None:
    outgoing = _locked(outgoing_id)
    rows = list(outgoing.recipients.filter(UNTOLD).order_by("pk"))
    if rows:
        outgoing.recipients.filter(pk__in=[row.pk for row in rows]).update(told_at=timezone.now())
        suppressing.learn(rows)
        _report_calmly(outgoing, rows, late=False)


@transaction.atomic
def _tell_late(outgoing_id: int) -> None:
    outgoing = _locked(outgoing_id)
    rows = list(outgoing.recipients.filter(state=State.DEFERRED).order_by("pk"))
    if rows and outgoing.late_told_at is None:
        Outgoing.objects.filter(pk=outgoing.pk).update(late_told_at=timezone.now())
        _report_calmly(outgoing, rows, late=True)


def _locked(outgoing_id: int) -> Outgoing:
    return Outgoing.objects.select_for_update(of=("self",)).select_related("mailbox", "user").get(pk=outgoing_id)


def _report_calmly(outgoing: Outgoing, rows: Sequence[Recipient], *, late: bool) -> None:
    """A report that cannot be written stops none of the others: the letter in Sent shows what happened as well."""
    try:
        with transaction.atomic():
            _report(outgoing, rows, late=late)
    except Exception:
        logger.exception("The sender of letter %s could not be told by a report.", outgoing.pk)


def _report(outgoing: Outgoing, rows: Sequence[Recipient], *, late: bool) -> None:
    """Into the inbox, in the sender's language; nothing where nobody may be told (RFC 3834 section 2, RFC 5321 section
    4.5.5: a letter from nobody, or from a machine)."""
    inbox = Folder.objects.filter(mailbox=outgoing.mailbox_id, role=Folder.Role.INBOX).first()
    letter = outgoing.letter()
    if inbox is None or not outgoing.return_path or _is_automatic(letter):
        return
    with override(_language(outgoing)), suppress(Unwritable):
        raw = _written(outgoing, rows, letter.partition(b"\r\n\r\n")[0], late=late)
        _file(outgoing, inbox, raw)


def _is_automatic(letter: bytes) -> bool:
    return read_headers(letter).header("Auto-Submitted").strip().lower() not in {"", "no"}


def _language(outgoing: Outgoing) -> str:
    """Of who sent it, else of who owns the mailbox."""
    owners = User.objects.filter(access__mailbox=outgoing.mailbox_id, access__role=Access.Role.OWNER)
    person = outgoing.user or owners.first()
    return (person and person.language) or settings.LANGUAGE_CODE


def _written(outgoing: Outgoing, rows: Sequence[Recipient], header: bytes, *, late: bool) -> bytes:
    domain = outgoing.mailbox.address.rpartition("@")[2]
    subject = {"subject": outgoing.subject or _("(no subject)")}
    envelope = Envelope(
        sender=Address(_("Mail delivery"), f"mailer-daemon@{domain}"),
        to=Address("", outgoing.mailbox.address),
        subject=_("Late: %(subject)s") % subject if late else _("Not delivered: %(subject)s") % subject,
        date=timezone.localtime(),
        message_id=new_message_id(domain),
        about=outgoing.message_id,
    )
    facts = Facts(
        host=settings.EHLO_NAME or settings.SITE_HOST,
        arrived=outgoing.created_at,
        fates=[_fate(row, late=late) for row in rows],
        until=outgoing.expires_at if late else None,
    )
    return write_report(envelope, _text(outgoing, rows, late=late), facts, header)


def _text(outgoing: Outgoing, rows: Sequence[Recipient], *, late: bool) -> str:
    about = {
        "subject": outgoing.subject or _("(no subject)"),
        "when": _moment(outgoing.not_before),
        "until": _moment(outgoing.expires_at),
    }
    if late:
        first = _("Your letter “%(subject)s” of %(when)s has not arrived everywhere yet.") % about
        last = _("It is tried again until %(until)s, and you are told if it fails. There is nothing to do.") % about
    else:
        first = _("Your letter “%(subject)s” of %(when)s was not delivered to everybody.") % about
        last = _("The others have it, or it is still on its way to them. The letter in Sent shows each of them.")
    return "\n\n".join([first, *(_paragraph(row, late=late) for row in rows), last]) + "\n"


def _paragraph(row: Recipient, *, late: bool) -> str:
    said = [_("%(host)s said: %(reply)s") % {"host": row.host, "reply": " ".join(row.reply.split())}] if row.reply else []
    return "\n".join([row.address, sentence(row), *said, *([] if late else [next_step(row)])])


def _fate(row: Recipient, *, late: bool) -> ReportedFate:
    """Where no server gave a status: expired (4.4.7), or refused here (5.0.0)."""
    status = row.enhanced or (f"{row.code // 100}.0.0" if row.code else "4.4.7" if late or row.attempts else "5.0.0")
    action = "delayed" if late else "failed"
    return ReportedFate(row.address, action=action, status=status, diagnostic=row.reply or row.trouble, host=row.host)


def _moment(when: datetime) -> str:
    return date_format(timezone.localtime(when), "DATETIME_FORMAT")


def _file(outgoing: Outgoing, inbox: Folder, raw: bytes) -> None:
    """Here at once, on the server a moment later, where it can be told at all."""
    moment = timezone.now()
    placement = ingest.place(inbox, raw, uid=None, uidvalidity=inbox.uidvalidity, flags=0, internal_date=moment)
    if not outgoing.mailbox.is_collected:
        args = {"folder": inbox.pk, "flags": 0, "report": outgoing.pk}
        Change.objects.create(mailbox=outgoing.mailbox, message=placement.message, kind=Change.Kind.APPEND, args=args)
