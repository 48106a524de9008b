"""What operators look after: who keeps which domain, how much a person or a domain may hold, what each hour brought."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from mailbox.models.mailbox import Mailbox


class Ward(models.Model):
    """A domain that is given to a keeper."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="wards")
    domain = models.CharField(max_length=253)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "domain"], name="one_ward_per_keeper_and_domain")]

    def __str__(self) -> str:
        return f"{self.user} keeps {self.domain}"


class Limit(models.Model):
    """How much one person, or everybody of one domain together, may hold. Null: as much as they like."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="limit")
    domain = models.CharField(max_length=253, blank=True)
    mailboxes = models.PositiveIntegerField(null=True)
    stored = models.BigIntegerField(null=True)  # bytes

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain"], name="one_limit_per_domain", condition=~Q(domain="")),
            models.CheckConstraint(
                condition=Q(user=None) & ~Q(domain="") | Q(user__isnull=False, domain=""), name="limit_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"limit of {self.user or self.domain}"


class HourQuerySet(models.QuerySet["Hour"]):
    def within(self, domains: frozenset[str] | None) -> Self:
        """The rows of these domains; None: of the whole house."""
        return self.filter(domain="") if domains is None else self.filter(domain__in=domains)


class Hour(models.Model):
    """What one hour brought to one domain of ours, or ("") to the whole house. The clock writes it, pages only read it."""

    start = models.DateTimeField()
    domain = models.CharField(max_length=253, blank=True)
    delivered = models.PositiveIntegerField(default=0)
    deferred = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True)  # half of the delivered ones took no longer

    objects = HourQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "start"], name="one_row_per_domain_and_hour")]

    def __str__(self) -> str:
        return f"{self.start} {self.domain}"


def wards_of(user: User) -> frozenset[str] | None:
    """The domains that this person looks after; None: all of them, because operators and helpers see the whole house."""
    if user.duty in {User.Duty.OPERATOR, User.Duty.HELPER}:
        return None
    return frozenset(Ward.objects.filter(user=user).values_list("domain", flat=True)) if user.duty else frozenset()


def people_for(user: User) -> models.QuerySet[User]:
    """The people that this person looks after: who signs in with an address of their domains, or uses a mailbox there."""
    wards = wards_of(user)
    if wards is None:
        return User.objects.all()
    at_home = Q(pk__in=[])
    for domain in wards:
        at_home |= Q(email__iendswith=f"@{domain}")
    there = mailboxes_for(user).values("access__user")
    return User.objects.filter(at_home | Q(pk__in=there))


def mailboxes_for(user: User) -> models.QuerySet[Mailbox]:
    """The Mailboxes that this person looks after in the panel: their state, never their letters."""
    wards, there = wards_of(user), Mailbox.objects.exclude(incoming__startswith="removed:")
    return there if wards is None else there.filter(domain__in=wards)
