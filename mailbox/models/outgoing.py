"""Outgoing: a letter in the message queue; Recipient: one addressee and its fate; Attempt: one talk with a server."""

from typing import Self

import zstandard
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailbox.models.draft import Draft
from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox
from mailbox.models.message import Message

DUE_STATES = ["scheduled", "queued", "deferred"]
UNTOLD = Q(state="failed") & (Q(told_at=None) | Q(told_at__lt=F("done_at")))  # its sender does not know yet


class OutgoingQuerySet(Gated["Outgoing"]):
    def to_file(self) -> Self:
        """Those whose copy in Sent is to be made: of letters that were scheduled when their time has come."""
        return self.filter(Q(chosen=False) | Q(not_before__lte=Now()), unfiled=True)


class Outgoing(models.Model):
    """The bytes are frozen when the row is made: Message-ID and Date never change, however often it is tried."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="queue", db_index=False)  # the constraint has one
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="outgoing")
    filed = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="outgoing")  # its copy in Sent, once mirrored
    key = models.CharField(max_length=64)  # idempotency: the same key is the same letter
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="posted")  # None: the house
    message_id = models.TextField()
    subject = models.TextField(blank=True)
    return_path = models.CharField(max_length=320)
    token = models.CharField(max_length=20, blank=True)  # in the return path, if there it can be
    data = models.BinaryField()  # the letter as it goes out, zstandard; no Bcc in it
    bcc = models.TextField(blank=True)  # the Bcc header of the copy in Sent (RFC 5322 section 3.6.3)
    size = models.BigIntegerField(default=0)
    not_before = models.DateTimeField()  # now, the end of the undo time, or a time the person chose
    expires_at = models.DateTimeField()
    held_with = models.BinaryField(default=b"")  # digest of the sealed password that was refused; another one frees the letter
    chosen = models.BooleanField(default=False, db_default=False)  # a person chose when it leaves; then its copy is made
    unfiled = models.BooleanField(default=False)  # its copy is not in Sent yet
    notify = models.BooleanField(default=False, db_default=False)  # its sender wants to know of each addressee who has it
    late_told_at = models.DateTimeField(null=True)  # when its sender was told that it is late
    created_at = models.DateTimeField(default=timezone.now)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "key"], name="one_letter_per_key")]
        indexes = [
            models.Index(fields=["mailbox", "message_id"], name="outgoing_message_id"),
            models.Index(fields=["token"], name="outgoing_token", condition=~Q(token="")),
            models.Index(fields=["mailbox", "id"], name="outgoing_unfiled", condition=Q(unfiled=True)),
        ]

    def __str__(self) -> str:
        return self.subject

    def letter(self) -> bytes:
        """The bytes that go over the wire, before dot-stuffing."""
        return zstandard.decompress(self.data)


class RecipientQuerySet(Gated["Recipient"]):
    mailbox_path = "outgoing__mailbox"


class Recipient(models.Model):
    class Kind(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        QUEUED = "queued", _("Waiting")
        LEASED = "leased", _("Sending")
        DEFERRED = "deferred", _("Trying again")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Not delivered")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held")
        UNKNOWN = "unknown", _("Perhaps delivered")

    FINAL = [State.SENT, State.FAILED, State.CANCELLED]

    outgoing = models.ForeignKey(Outgoing, models.CASCADE, related_name="recipients", db_index=False)  # the constraint has one
    address = models.CharField(max_length=320)
    name = models.TextField(blank=True)
    kind = models.CharField(max_length=3, choices=Kind, default=Kind.TO)
    site = models.CharField(max_length=400, blank=True)  # where it goes: a domain, or the Mailbox's own way out
    bulk = models.BooleanField(default=False)  # part of a mass mailing, which others may overtake
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    host = models.CharField(max_length=255, blank=True)  # who said the last reply
    code = models.PositiveSmallIntegerField(null=True)  # its code, RFC 5321 section 4.2
    enhanced = models.CharField(max_length=12, blank=True)  # RFC 3463
    reply = models.TextField(blank=True)  # verbatim
    trouble = models.TextField(blank=True)  # one plain sentence where no reply says what happened
    stopped = models.BooleanField(default=False)  # held by an operator, and only an operator lets it go on
    done_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when its sender was told that it failed
    confirmed_at = models.DateTimeField(null=True)  # when a report said that it lies in the addressee's mailbox
    bounced_at = models.DateTimeField(null=True)  # when it came back from behind the server that had accepted it

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outgoing", "address"], name="one_recipient_per_address")]
        indexes = [
            models.Index(fields=["next_at", "id"], name="recipient_due", condition=Q(state__in=DUE_STATES)),
            models.Index(fields=["site", "bulk", "next_at", "id"], name="recipient_site", condition=Q(state__in=DUE_STATES)),
            models.Index(fields=["site", "lease_token"], name="recipient_claimed", condition=Q(state="leased")),
            models.Index(fields=["state", "id"], name="recipient_stuck", condition=Q(state__in=["held", "unknown"])),
            models.Index(fields=["-done_at", "-id"], name="recipient_failed", condition=Q(state="failed")),
            models.Index(fields=["outgoing"], name="recipient_untold", condition=UNTOLD),
            BrinIndex(fields=["done_at"], name="recipient_done", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.address


class AttemptQuerySet(Gated["Attempt"]):
    mailbox_path = "outgoing__mailbox"


class Attempt(models.Model):
    """One talk with a server, on as many hosts as it takes. It is written down when its dot goes, or when it has ended without
    one; what is said before stands nowhere, and delivers nothing. After a crash `phase` decides between "certainly not
    delivered" and "unknown"."""

    class Phase(models.TextChoices):
        CONNECT = "connect"  # its worker died before the dot: certainly not delivered
        DOT_SENT = "dot_sent"  # committed just before the final dot goes
        DONE = "done"  # the outcome stands in the rows

    class Verdict(models.TextChoices):
        NONE = ""  # the talk goes on
        ACCEPTED = "accepted"
        LATER = "later"
        REFUSED = "refused"
        UNKNOWN = "unknown"
        HELD = "held"

    outgoing = models.ForeignKey(Outgoing, models.CASCADE, related_name="attempts")
    recipients = ArrayField(models.BigIntegerField(), default=list)  # whom it was about, by their ids
    verdicts = ArrayField(models.CharField(max_length=8, choices=Verdict), default=list)  # what it decided for each of them
    host = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=64, blank=True)  # the IP that was talked to
    tls = models.CharField(max_length=80, blank=True)  # "TLSv1.3, certificate verified" or empty
    phase = models.CharField(max_length=8, choices=Phase, default=Phase.CONNECT)
    dialogue = models.JSONField(default=list)  # [[seconds since start, "C" | "S" | "!", line], ...], secrets blanked
    trouble = models.TextField(blank=True)  # why the talk ended, where no reply says it
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)  # under which its dot was announced

    objects = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [BrinIndex(fields=["finished_at"], name="attempt_finished", pages_per_range=32, autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.host} {self.phase}"
