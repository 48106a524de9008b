"""Domain: the part behind the @ that this house writes for, its DKIM keys, and what the world's DNS says of it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from accounts.vault import open_sealed, seal
from mailbox.smtp import dkim


class Domain(models.Model):
    """`facts` is what the last look at DNS found (see outbox/domains.py), `checked_at` when; `fit_at`: since when all that a
    direct sender needs is in place, None while something is missing."""

    name = models.CharField(max_length=253, unique=True)  # in A-labels, lower case
    tagged = models.BooleanField(default=False)  # name+anything reaches name, so a return path may carry a token
    facts = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    check_wanted = models.BooleanField(default=True)
    fit_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(name=Lower("name")), name="domain_in_lower_case")]

    def __str__(self) -> str:
        return self.name


class DomainKey(models.Model):
    class Kind(models.TextChoices):
        RSA = dkim.RSA
        ED25519 = dkim.ED25519

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="keys")
    selector = models.CharField(max_length=63)
    kind = models.CharField(max_length=7, choices=Kind)
    record = models.TextField()  # what the TXT record says: the public half
    secret = models.BinaryField(default=b"")  # sealed PKCS #8
    created_at = models.DateTimeField(auto_now_add=True)

    SEALED: ClassVar[tuple[str, ...]] = ("secret",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "selector"], name="one_key_per_selector")]

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    def set_key(self, key: dkim.PrivateKey) -> None:
        """Seal it to this row, which must have been saved once."""
        self.secret = seal(dkim.pack(key), f"domainkey:{self.pk}")

    def signer(self) -> dkim.Signer:
        """Raises accounts.vault.CannotOpen."""
        return dkim.Signer(self.domain.name, self.selector, dkim.unpack(open_sealed(bytes(self.secret), f"domainkey:{self.pk}")))
