"""Collected: a letter of a maildrop (POP3) that was here once. It outlives its Message, so that what was deleted here does
not come back from a server that keeps it."""

from django.db import models

from mailbox.models.mailbox import Mailbox
from mailbox.models.message import Message


class Collected(models.Model):
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="collected")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="collected")
    key = models.BinaryField()  # a digest of its UIDL, or of its header and size where the server names no letters
    identity = models.BinaryField()  # of the Message: after a server has named all its letters anew, they are known by it
    whole = models.BooleanField(default=True)  # all of its bytes are here, so it may be deleted there
    collected_at = models.DateTimeField(auto_now_add=True)
    missing_since = models.DateTimeField(null=True)  # the server no longer lists it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "key"], name="one_row_per_letter_of_a_maildrop")]
        indexes = [models.Index(fields=["mailbox", "identity"], name="collected_identity")]

    def __str__(self) -> str:
        return f"{bytes(self.key).hex()} of {self.mailbox_id}"
