"""A mass mailing that too many of its addressees refuse is held, before it costs the house its name; both sides are told."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import CannotSend
from accounts.models import User
from mailbox import live
from mailbox.models import Access, Mailbox, Recipient
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox.words import SPIKE

logger = logging.getLogger(__name__)

State = Recipient.State

LEAST = 20  # refusals; fewer say nothing about a mailing
SHARE = 0.2  # of those that have come to an end
SPAN = timedelta(days=1)


def hold() -> None:
    """The mailings of each Mailbox that still has some of them to send."""
    waiting = Recipient.objects.filter(bulk=True, state__in=DUE_STATES)
    for mailbox in Mailbox.objects.filter(pk__in=waiting.values("outgoing__mailbox")):
        refused, ended = _counts(mailbox)
        if refused >= max(LEAST, SHARE * ended):
            _hold(mailbox, refused, ended)


def _counts(mailbox: Mailbox) -> tuple[int, int]:
    """Addressees of mass mailings that refused for good, and all that have come to an end, since the last time that
    something was held: who lets it go again has looked at those before."""
    since = Greatest(Now() - SPAN, Coalesce("outgoing__mailbox__spike_at", Now() - SPAN))
    rows = Recipient.objects.filter(outgoing__mailbox=mailbox, bulk=True, done_at__gt=since)
    found = rows.aggregate(refused=Count("pk", filter=Q(state=State.FAILED, code__gte=500)), ended=Count("pk"))
    return found["refused"], found["ended"]


def _hold(mailbox: Mailbox, refused: int, ended: int) -> None:
    with transaction.atomic():
        rows = Recipient.objects.filter(outgoing__mailbox=mailbox, bulk=True, state__in=DUE_STATES)
        ids = dict(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk").values_list("pk", "outgoing"))
        Recipient.objects.filter(pk__in=ids).update(state=State.HELD, stopped=True, trouble=SPIKE)
        Mailbox.objects.filter(pk=mailbox.pk).update(spike_at=Now())
        live.tell_of(mailbox.pk, "outgoing", *set(ids.values()))
    logger.warning("The mailing of %s is held: %d of %d addressees refused it.", mailbox, refused, ended)
    _tell(mailbox, {"address": mailbox.address, "refused": refused, "ended": ended, "left": len(ids)})


def _tell(mailbox: Mailbox, facts: dict[str, object]) -> None:
    senders = Q(access__mailbox=mailbox, access__role__in=Access.SENDS)
    for user in User.objects.filter(senders | Q(is_staff=True), is_active=True).distinct() if settings.SYSTEM_MAILBOX else ():
        with override(user.language or settings.LANGUAGE_CODE):
            subject = _("The mailing of %(address)s is held") % facts
            text = _(
                "%(refused)s of %(ended)s addressees refused it, which is too many for a list that is kept well. "
                "%(left)s letters wait until an operator of this house lets them go. Take those that refused off the list."
            )
            try:
                send_mail(subject, text % facts, None, [user.email])
            except CannotSend as error:
                logger.warning("%s could not be told of it (%s).", user, error)
