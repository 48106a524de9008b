"""Message: the facts of one letter in one Mailbox, and Raw: its bytes. Immutable once the bytes are read."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox
from mailbox.models.thread import Thread


class MessageQuerySet(Gated["Message"]):
    pass


class Message(models.Model):
    mailbox = models.ForeignKey(  # that of its thread, which is checked; found by its identities
        Mailbox, models.CASCADE, related_name="messages", db_index=False, db_constraint=False
    )
    thread = models.ForeignKey(Thread, models.RESTRICT, related_name="messages")
    identity = models.BinaryField()  # EMAILID, X-GM-MSGID or a digest; decides what is one letter
    message_id = models.TextField(blank=True)  # an index, never a key: Message-IDs repeat
    subject = models.TextField(blank=True)
    from_name = models.TextField(blank=True)
    from_address = models.TextField(blank=True)
    to_preview = models.TextField(blank=True)  # the first few names, ready to show
    addressees = models.JSONField(default=list)  # the first few of To and Cc: [[name, address], ...]
    sent_at = models.DateTimeField(null=True)  # Date header, if it is one
    internal_date = models.DateTimeField()
    size = models.BigIntegerField(default=0)
    snippet = models.TextField(blank=True)
    has_attachments = models.BooleanField(default=False)
    damaged = models.BooleanField(default=False)
    charset = models.CharField(max_length=20, blank=True, default="", db_default="")  # in which somebody wants its texts read
    reader_version = models.PositiveSmallIntegerField(default=0)  # 0: only the headers are here
    remote = models.BooleanField(default=False)  # the rest lies on the server: it comes in its turn, or when it is wanted
    wanted_at = models.DateTimeField(null=True)  # somebody has opened it and waits for the rest

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "identity"], name="one_message_per_identity")]
        indexes = [
            models.Index(fields=["mailbox", "message_id"], name="message_message_id"),
            BrinIndex(fields=["internal_date"], name="message_arrived", pages_per_range=32, autosummarize=True),
            models.Index(fields=["mailbox", "-internal_date"], name="message_remote", condition=Q(remote=True)),
            models.Index(fields=["mailbox"], name="message_wanted", condition=Q(wanted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject


class Raw(models.Model):
    """The letter's bytes, zstandard; of one larger than LETTER_MAX the headers only, and the bytes in chunks."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="raw")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"bytes of {self.message_id}"


class RawChunk(models.Model):
    """A slice of a letter that is larger than LETTER_MAX, zstandard; streamed, never read whole."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_chunk_per_number")]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.message_id}"
