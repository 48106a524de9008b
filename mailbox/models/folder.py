"""Folder: what IMAP calls a mailbox, with the cursors of its mirror and its live counts."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox

STRIKES = 5
PARKED = timedelta(hours=1)


class FolderQuerySet(Gated["Folder"]):
    def of(self, user: User) -> Self:
        return super().of(user).filter(leaving=False)


class Folder(models.Model):
    class Role(models.TextChoices):
        INBOX = "inbox", _("Inbox")
        SENT = "sent", _("Sent")
        DRAFTS = "drafts", _("Drafts")
        ARCHIVE = "archive", _("Archive")
        JUNK = "junk", _("Spam")
        TRASH = "trash", _("Trash")
        ALL = "all", _("All mail")
        NONE = "", _("Folder")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=1000)  # decoded; the wire's form is made from it and from `wire_name`
    wire_name = models.CharField(max_length=2000)  # as LIST gave it (modified UTF-7)
    delimiter = models.CharField(max_length=1, blank=True)
    role = models.CharField(max_length=7, choices=Role, default=Role.NONE, blank=True)
    selectable = models.BooleanField(default=True)
    uidvalidity = models.BigIntegerField(default=0)
    uidnext = models.BigIntegerField(default=1)  # the largest UID mirrored + 1
    highestmodseq = models.BigIntegerField(default=0)
    backfill_low_uid = models.BigIntegerField(null=True)  # import goes downwards: lower UIDs are still to come; 0: all here
    server_messages = models.PositiveIntegerField(default=0)  # EXISTS of the last pass
    mirrored = models.PositiveIntegerField(default=0)  # placements with a UID that the server holds; EXISTS must equal it
    live = models.PositiveIntegerField(default=0)  # letters shown here, recomputed in the transaction that changes them
    unread = models.PositiveIntegerField(default=0)
    missing_since = models.DateTimeField(null=True)  # absent from a listing; gone after two
    checked_at = models.DateTimeField(null=True)  # the last look into it
    compared_at = models.DateTimeField(null=True)  # the last look at every letter's flags
    renumbered = models.PositiveSmallIntegerField(default=0)  # visits in a row that found another UIDVALIDITY
    trouble = models.TextField(blank=True)  # why it could not be opened, in plain words
    counted_at = models.DateTimeField(null=True)  # the last time that its counts were held against its letters
    leaving = models.BooleanField(default=False)  # deleted here; the server does not know yet
    is_label = models.BooleanField(default=False, db_default=False)  # Gmail: its letters lie in All Mail, and carry its name

    objects = FolderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "wire_name"], name="one_folder_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_parked(self) -> bool:
        """The server gives its letters new numbers again and again: it is walked once in a while only (RFC 8474 section 8.4)."""
        looked = self.checked_at is not None and timezone.now() - self.checked_at < PARKED
        return looked and self.renumbered >= STRIKES
