"""How much somebody holds here and how much they may, before another mailbox or another letter finds a place."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from accounts.models import User
from mailbox.models.house import Limit
from mailbox.models.mailbox import Access, Mailbox


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody holds, and how much they may (None: as much as they like)."""

    mailboxes: int
    stored: int
    most_mailboxes: int | None = None
    most_stored: int | None = None

    @property
    def is_full(self) -> bool:
        return self.most_stored is not None and self.stored >= self.most_stored

    @property
    def has_all(self) -> bool:
        return self.most_mailboxes is not None and self.mailboxes >= self.most_mailboxes

    @property
    def takes_another(self) -> bool:
        return not (self.is_full or self.has_all)


def of_person(user: User) -> Usage:
    """Of the Mailboxes that they own; shared ones count for their owner."""
    owned = Mailbox.objects.filter(access__user=user, access__role=Access.Role.OWNER)
    return usage_of(owned, Limit.objects.filter(user=user).first())


def of_domain(domain: str) -> Usage:
    here = Mailbox.objects.exclude(incoming__startswith="removed:").filter(domain=domain)
    return usage_of(here, Limit.objects.filter(domain=domain).first() if domain else None)


def usage_of(rows: QuerySet[Mailbox], limit: Limit | None = None) -> Usage:
    found = rows.aggregate(mailboxes=Count("pk"), stored=Sum("stored", default=0))
    if limit is None:
        return Usage(**found)
    return Usage(**found, most_mailboxes=limit.mailboxes, most_stored=limit.stored)
