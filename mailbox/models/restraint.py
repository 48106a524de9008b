"""Site: where letters go together, and how much it takes at once; Destination: a domain and the Site that takes its mail;
Posted: how many addressees somebody has posted to."""

from django.conf import settings
from django.db import models

from mailbox.models.mailbox import Mailbox


class Site(models.Model):
    """The hosts that take a domain's mail, or a Mailbox's own way out. Advice only: a lost row costs speed, no mail.

    Its slots are used by the leases that stand on its Recipients, so a worker that dies gives its slot back by itself."""

    key = models.CharField(max_length=400, unique=True)
    slots = models.FloatField(default=2)  # talks at a time; grows by 1/N with each success, shrinks by one with a failure
    failures = models.PositiveIntegerField(default=0)  # talks in a row that did not come to be
    dead_until = models.DateTimeField(null=True)  # then one talk finds out whether it lives
    trouble = models.TextField(blank=True)  # why it is dead, in plain words
    last_ok_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class Destination(models.Model):
    """What DNS said of a domain that was written to: domains with the same hosts share one Site. Advice only, too."""

    domain = models.CharField(max_length=400, unique=True)
    site = models.CharField(max_length=400, db_index=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.domain


class Posted(models.Model):
    """Addressees posted to in one hour: by a Mailbox, whoever wrote, or by a person, from whatever Mailbox."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, null=True, related_name="posted_hours")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="posted_hours")
    hour = models.DateTimeField()
    addressees = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)  # when a letter too many was refused first; the operators were told

    class Meta:
        verbose_name = "posted hour"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "hour"], name="one_hour_of_mailbox"),
            models.UniqueConstraint(fields=["user", "hour"], name="one_hour_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id or self.user_id} {self.hour}: {self.addressees}"
