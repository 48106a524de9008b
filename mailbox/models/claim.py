"""AddressClaim: an address that a person says is theirs too, until they have read the code that was sent to it."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils import timezone

from mailbox.models.mailbox import Mailbox


class AddressClaim(models.Model):
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=150, blank=True)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "address"], name="one_claim_per_address")]

    def __str__(self) -> str:
        return self.address

    @staticmethod
    def digest_of(code: str, address: str) -> str:
        return hashlib.sha256(f"{code} {address}".encode()).hexdigest()
