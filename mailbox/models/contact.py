"""Contact: somebody a person has written to or put in by hand, offered while they type an address."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import User


class ContactQuerySet(models.QuerySet["Contact"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)


class Contact(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=254)
    written = models.PositiveIntegerField(default=0)  # letters sent to them
    last_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="one_contact_per_address")]

    def __str__(self) -> str:
        return self.name or self.address
