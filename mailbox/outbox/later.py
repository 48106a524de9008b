"""The letters that wait for a time which a person chose."""

from accounts.models import User
from mailbox.models import Outgoing, Recipient
from mailbox.models.outgoing import OutgoingQuerySet


def waiting(user: User) -> OutgoingQuerySet:
    """Those of this person's Mailboxes that have not left, the next one first."""
    people = Recipient.objects.filter(state=Recipient.State.SCHEDULED)
    found = Outgoing.objects.of(user).filter(chosen=True, pk__in=people.values("outgoing"))
    return found.order_by("not_before", "pk")
