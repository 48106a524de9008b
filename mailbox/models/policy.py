"""StsPolicy: what a domain of the world demanded of its mail hosts when we last asked (MTA-STS), kept as long as it said."""

from django.db import models


class StsPolicy(models.Model):
    """A row without `expires_at` only remembers that asking did not help, so that not every letter asks again."""

    domain = models.CharField(max_length=253, unique=True)
    policy_id = models.CharField(max_length=32, blank=True)
    mode = models.CharField(max_length=7, blank=True)  # enforce, testing, none
    hosts = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    tried_id = models.CharField(max_length=32)

    class Meta:
        verbose_name, verbose_name_plural = "STS policy", "STS policies"

    def __str__(self) -> str:
        return f"{self.domain}: {self.mode}"
