"""Placement: a Message lying in a Folder under a UID with flags. Narrow, because it is the hot table."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntFlag
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q

from accounts.models import User
from mailbox.imap.labels import lives_here
from mailbox.models.change import Overlay
from mailbox.models.folder import Folder
from mailbox.models.gate import Gated
from mailbox.models.message import Message


class Flag(IntFlag):
    """System flags (RFC 9051 section 2.3.2) as bits; keywords stand in a list beside them."""

    SEEN = 1
    ANSWERED = 2
    FLAGGED = 4
    DELETED = 8
    DRAFT = 16


def storable(keywords: Iterable[str]) -> list[str]:
    """In order, no more of them and nothing in them that a row cannot hold."""
    return sorted({keyword.replace("\0", "\ufffd")[:200] for keyword in keywords})[:100]


LYING = "lies.folder_id = folder.id AND gone_at IS NULL AND flags & 8 = 0"
AWAKE = """ AND NOT EXISTS (
    SELECT FROM mailbox_message AS letter JOIN mailbox_threadfolder AS place USING (thread_id)
    WHERE letter.id = lies.message_id AND place.folder_id = folder.id AND place.snoozed_until IS NOT NULL)"""
# The few unread or starred letters are found by their conversations, which have an index for each.
AMONG = """ AND lies.message_id IN (
    SELECT letter.id FROM mailbox_threadfolder AS place JOIN mailbox_message AS letter USING (thread_id)
    WHERE place.folder_id = folder.id AND place.{} > 0)"""
ONLY = {
    "all": AWAKE,
    "unread": f" AND flags & 1 = 0{AMONG.format('unread')}{AWAKE}",
    "starred": f" AND flags & 4 > 0{AMONG.format('flagged')}",
}
OLDER = " AND (sort_at, lies.id) < (%(moment)s, %(row)s)"
PAGE = """
    SELECT letter.id FROM mailbox_folder AS folder
    JOIN mailbox_access AS access ON access.mailbox_id = folder.mailbox_id AND access.user_id = %(user)s
    CROSS JOIN LATERAL (
        SELECT id, sort_at FROM mailbox_placement AS lies WHERE {} ORDER BY sort_at DESC, id DESC LIMIT %(size)s
    ) AS letter
    WHERE folder.id = ANY(%(folders)s) ORDER BY letter.sort_at DESC, letter.id DESC LIMIT %(size)s
"""

# Three looks into an index: of one question with OR the planner makes a walk through the table.
WAITS = """
    SELECT EXISTS (SELECT FROM mailbox_placement WHERE folder_id = %(folder)s AND uid IS NULL AND gone_at IS NULL)
        OR EXISTS (SELECT FROM mailbox_placement WHERE folder_id = %(folder)s AND uidvalidity < %(uidvalidity)s)
        OR EXISTS (SELECT FROM mailbox_placement WHERE folder_id = %(folder)s AND uidvalidity > %(uidvalidity)s)
"""


class PlacementQuerySet(Gated["Placement"]):
    mailbox_path = "folder__mailbox"

    def page(
        self, user: User, folders: Iterable[int], *, show: str = "all", before: tuple[datetime, int] | None = None, size: int = 50
    ) -> list[int]:
        """The newest `size` letters of these folders, older than the (sort_at, id) of `before`. Reads at most `size` rows a
        folder by index; of unread or starred ones no more than there are."""
        moment, row = before or (None, None)
        given: dict[str, Any] = {"user": user.pk, "folders": list(folders), "moment": moment, "row": row, "size": size}
        with connection.cursor() as cursor:
            cursor.execute(PAGE.format(LYING + ONLY[show] + (OLDER if before else "")), given)
            return [number for (number,) in cursor.fetchall()]

    def live(self) -> "PlacementQuerySet":
        return self.filter(gone_at=None)

    def wait_in(self, folder: Folder, uidvalidity: int) -> bool:
        """Whether one waits there for its UID, or has that of another UIDVALIDITY."""
        with connection.cursor() as cursor:
            cursor.execute(WAITS, {"folder": folder.pk, "uidvalidity": uidvalidity})
            return bool((cursor.fetchone() or (False,))[0])


class Placement(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="placements")
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="placements", db_index=False)  # by its UIDs
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(null=True)  # null while a Change is on its way to the server
    flags = models.PositiveSmallIntegerField(default=0)  # what the person sees
    keywords = ArrayField(models.TextField(), default=list)
    server_flags = models.PositiveSmallIntegerField(default=0)  # what the server said last
    server_keywords = ArrayField(models.TextField(), default=list)
    modseq = models.BigIntegerField(default=0)
    sort_at = models.DateTimeField()  # INTERNALDATE
    gone_at = models.DateTimeField(null=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "uidvalidity", "uid"], name="one_placement_per_uid")]
        indexes = [
            models.Index(fields=["folder", "-sort_at", "-id"], name="placement_list", condition=Q(gone_at=None)),
            models.Index(fields=["folder", "gone_at"], name="placement_gone", condition=Q(gone_at__isnull=False)),
            models.Index(fields=["folder"], name="placement_waiting", condition=Q(uid=None)),
            GinIndex(fields=["keywords"], name="placement_keywords", condition=~Q(keywords=[])),  # few letters have any
        ]

    def __str__(self) -> str:
        return f"{self.folder_id}/{self.uid}"

    def hear(self, flags: int, keywords: Iterable[str], overlay: Overlay) -> None:
        """Take what the server says, except where the person has done something that the server does not know yet."""
        self.server_flags, self.server_keywords = flags, storable(keywords)
        self.flags = (self.flags & overlay.flags) | (flags & ~overlay.flags)
        kept = {keyword for keyword in self.keywords if keyword in overlay.keywords or lives_here(keyword)}
        self.keywords = sorted(kept | (set(self.server_keywords) - overlay.keywords))
