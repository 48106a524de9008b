"""Thread: a conversation in one Mailbox; ThreadFolder: its row in one Folder's list, which the list page reads."""

from django.db import models
from django.db.models import Q

from mailbox.models.folder import Folder
from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox


class ThreadQuerySet(Gated["Thread"]):
    pass


class Thread(models.Model):
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="threads")
    base_subject = models.TextField(blank=True)  # RFC 5256 section 2.1
    last_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)

    objects = ThreadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.base_subject


class ThreadFolderQuerySet(Gated["ThreadFolder"]):
    mailbox_path = "folder__mailbox"


class ThreadFolder(models.Model):
    """Everything one list row shows, so that a page of fifty reads fifty rows."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="places")
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="threads")
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)  # letters of the conversation in this folder
    unread = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    has_attachments = models.BooleanField(default=False)
    people = models.JSONField(default=list)  # [[name, address], ...] oldest first; of a Sent row the addressees
    subject = models.TextField(blank=True)
    snippet = models.TextField(blank=True)

    objects = ThreadFolderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "folder"], name="one_row_per_thread_and_folder")]
        indexes = [
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_list"),
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_unread", condition=Q(unread__gt=0)),
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_flagged", condition=Q(flagged__gt=0)),
        ]

    def __str__(self) -> str:
        return self.subject


class Reference(models.Model):
    """A Message-ID that belongs to a conversation, whether or not its letter is here (a ghost)."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="+")
    digest = models.BinaryField()  # BLAKE2b-128 of the Message-ID
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="references")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="one_thread_per_reference")]

    def __str__(self) -> str:
        return bytes(self.digest).hex()
