"""Thread: a conversation in one Mailbox; ThreadFolder: its row in one Folder's list, which the list page reads."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value

from accounts.models import User
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
    muted = models.BooleanField(default=False, db_default=False)  # what comes to the inbox goes on to the archive
    apart = models.BooleanField(default=False, db_default=False)  # split off by hand: no letter joins it to another

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["mailbox"], name="thread_muted", condition=Q(muted=True))]

    def __str__(self) -> str:
        return self.base_subject


class MergedQuerySet(Gated["Merged"]):
    pass


class Merged(models.Model):
    """A conversation that became part of another: its address goes on leading to its letters. One that a person joined
    remembers which letters and references were its own, so that it can be had back."""

    old = models.BigIntegerField(primary_key=True)  # the id of the Thread that was
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="merged")
    letters = ArrayField(models.BigIntegerField(), default=list)
    references = ArrayField(models.BigIntegerField(), default=list)

    objects = MergedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.old} in {self.thread_id}"


PAGE = """
    WITH page AS (
        SELECT row.* FROM mailbox_folder AS folder
        JOIN mailbox_access AS access ON access.mailbox_id = folder.mailbox_id AND access.user_id = %(user)s
        CROSS JOIN LATERAL (
            SELECT * FROM mailbox_threadfolder
            WHERE folder_id = folder.id {older} {only}
            ORDER BY last_at DESC, id DESC LIMIT %(size)s
        ) AS row
        WHERE folder.id = ANY(%(folders)s)
        ORDER BY row.last_at DESC, row.id DESC LIMIT %(size)s
    )
    SELECT page.*, thread.count AS letters FROM page JOIN mailbox_thread AS thread ON thread.id = page.thread_id
    ORDER BY page.last_at DESC, page.id DESC
"""
AWAKE = "AND snoozed_until IS NULL"
ONLY = {"all": AWAKE, "unread": f"AND unread > 0 {AWAKE}", "starred": "AND flagged > 0"}
OLDER = "AND (last_at, id) < (%(moment)s, %(row)s)"


class ThreadFolderQuerySet(Gated["ThreadFolder"]):
    mailbox_path = "folder__mailbox"

    def page(
        self, user: User, folders: Iterable[int], *, show: str = "all", before: tuple[datetime, int] | None = None, size: int = 50
    ) -> "list[ThreadFolder]":
        """The newest `size` conversations of these folders, older than the (last_at, id) of `before`; each also knows
        `letters`, how many its conversation has. Reads at most `size` rows a folder by index, however large it is."""
        moment, row = before or (None, None)
        given = {"user": user.pk, "folders": list(folders), "moment": moment, "row": row, "size": size}
        return list(self.raw(PAGE.format(only=ONLY[show], older=OLDER if before else ""), given))

    def snoozed(self) -> "ThreadFolderQuerySet":
        return self.filter(snoozed_until__isnull=False)


class ThreadFolder(models.Model):
    """Everything one list row shows, so that a page of fifty reads fifty rows."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="places", db_index=False)  # both by what follows below
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="threads", db_index=False)
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)  # letters of the conversation in this folder
    unread = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    has_attachments = models.BooleanField(default=False)
    people = models.JSONField(default=list)  # [[name, address], ...] oldest first; of a Sent row the addressees
    subject = models.TextField(blank=True)
    snippet = models.TextField(blank=True)
    labels = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # keywords of its letters here
    snoozed_until = models.DateTimeField(null=True)  # out of sight till then, or till another letter comes
    woke_at = models.DateTimeField(null=True)  # it came back to the top then

    objects = ThreadFolderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "folder"], name="one_row_per_thread_and_folder")]
        indexes = [
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_list"),
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_unread", condition=Q(unread__gt=0)),
            models.Index(fields=["folder", "-last_at", "-id"], name="thread_flagged", condition=Q(flagged__gt=0)),
            models.Index(fields=["snoozed_until"], name="thread_snoozed", condition=Q(snoozed_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject


class Reference(models.Model):
    """A Message-ID that belongs to a conversation, whether or not its letter is here (a ghost). Letters are one
    conversation when they share an id and the base subject, so the digest is made of both."""

    # Written with a letter of the same conversation, whose own key is checked: five of these a letter need no check more.
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="+", db_index=False, db_constraint=False)  # by its digests
    digest = models.BinaryField()  # BLAKE2b-128 of the Message-ID and the base subject
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="references", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="one_thread_per_reference")]

    def __str__(self) -> str:
        return bytes(self.digest).hex()
