"""Bounce: a letter that came back to us, waiting to be tied to the one it tells of; Suppression: an address that took none."""

from django.db import models
from django.db.models import Q

from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox
from mailbox.models.message import Message
from mailbox.models.outgoing import Outgoing


class Bounce(models.Model):
    """`outgoing` is None for one that tells of no letter of ours: a forged one, or of before our time."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="bounce")
    outgoing = models.ForeignKey(Outgoing, models.SET_NULL, null=True, related_name="bounces")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="bounce_unread", condition=Q(read_at=None))]

    def __str__(self) -> str:
        return f"{self.message_id} of {self.outgoing_id}"


class SuppressionQuerySet(Gated["Suppression"]):
    pass


class Suppression(models.Model):
    """Nothing is sent there again unless the person wants it."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="suppressions")
    address = models.CharField(max_length=320)  # lower case
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, blank=True)
    reply = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "address"], name="one_suppression_per_address")]

    def __str__(self) -> str:
        return self.address
