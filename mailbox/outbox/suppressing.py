"""Addresses that took no letter for good: nothing goes there again unless the person says so."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mailbox.mime.headers import read_addresses
from mailbox.models import Draft, Mailbox, Recipient, Suppression
from mailbox.outbox.freezing import CannotPost
from mailbox.smtp.verdict import is_hard


class RefusedBefore(CannotPost):
    """The letter may go all the same, if the person wants it."""


def heed(draft: Draft, refusing: Sequence[str], *, anyway: bool) -> None:
    """Of the draft's addresses those on the list: raises RefusedBefore if there is one; `anyway` takes them off it."""
    if refusing and not anyway:
        fields = {person.address.lower(): name for name in ("bcc", "cc", "to") for person in read_addresses(getattr(draft, name))}
        sentence = _("%(address)s has taken no letter of yours before.") % {"address": ", ".join(refusing)}
        raise RefusedBefore(fields[refusing[0]], sentence)
    if refusing:
        forget(draft.mailbox, refusing)


def learn(recipients: Iterable[Recipient]) -> None:
    """From those that failed: of these the ones whose refusal was about the address itself."""
    for one in recipients:
        if is_hard(one.code or 0, one.enhanced, one.reply):
            facts = {"code": one.code, "enhanced": one.enhanced, "reply": one.reply}
            mailbox, address = one.outgoing.mailbox, one.address.lower()
            Suppression.objects.update_or_create(mailbox=mailbox, address=address, defaults=facts)


def known(mailbox: Mailbox, addresses: Iterable[str]) -> QuerySet[Suppression]:
    """Which of these are on the list."""
    wanted = {address.lower() for address in addresses}
    return Suppression.objects.filter(mailbox=mailbox, address__in=wanted).order_by("address")


def forget(mailbox: Mailbox, addresses: Iterable[str]) -> None:
    Suppression.objects.filter(mailbox=mailbox, address__in=[address.lower() for address in addresses]).delete()
