"""Addresses that took no letter for good: nothing goes there again unless the person says so."""

from collections.abc import Iterable

from mailbox.models import Mailbox, Recipient, Suppression
from mailbox.smtp.verdict import is_hard


def learn(recipients: Iterable[Recipient]) -> None:
    """From those that failed: of these the ones whose refusal was about the address itself."""
    for one in recipients:
        if is_hard(one.code or 0, one.enhanced, one.reply):
            facts = {"code": one.code, "enhanced": one.enhanced, "reply": one.reply}
            mailbox, address = one.outgoing.mailbox, one.address.lower()
            Suppression.objects.update_or_create(mailbox=mailbox, address=address, defaults=facts)


def known(mailbox: Mailbox, addresses: Iterable[str]) -> list[str]:
    """Which of these are on the list, as they are written there."""
    wanted = {address.lower() for address in addresses}
    found = Suppression.objects.filter(mailbox=mailbox, address__in=wanted)
    return list(found.order_by("address").values_list("address", flat=True))


def forget(mailbox: Mailbox, addresses: Iterable[str]) -> None:
    Suppression.objects.filter(mailbox=mailbox, address__in=[address.lower() for address in addresses]).delete()
