"""Filter: what a person wants done with letters of a kind, as soon as they come."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from mailbox.models.folder import Folder
from mailbox.models.gate import Gated
from mailbox.models.mailbox import Access, Mailbox


class FilterQuerySet(Gated["Filter"]):
    def writable(self, user: User) -> Self:
        """Those of the Mailboxes in which this person may file."""
        return self.filter(mailbox__access__user=user, mailbox__access__role__in=Access.CHANGES)

    def active(self, mailbox_id: int) -> Self:
        return self.filter(mailbox=mailbox_id, on=True)


class Filter(models.Model):
    """All of what it names must fit; each is a text of the query language. `do` says where such a letter goes."""

    class Do(models.TextChoices):
        STAY = "", _("Leave in the inbox")
        ARCHIVE = "archive", pgettext_lazy("action", "Archive")
        MOVE = "move", _("Move to a folder")
        TRASH = "trash", _("Move to Trash")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="filters")
    position = models.PositiveIntegerField(default=0)  # they are tried in this order
    sender = models.CharField(max_length=300, blank=True)
    to = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    words = models.CharField(max_length=300, blank=True)
    has_file = models.BooleanField(default=False)
    do = models.CharField(max_length=7, choices=Do, blank=True, default=Do.STAY)
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="+")  # of MOVE; null: it is not there any more
    label = models.CharField(max_length=40, blank=True)
    read = models.BooleanField(default=False)
    star = models.BooleanField(default=False)
    on = models.BooleanField(default=True)
    since = models.DateTimeField(default=timezone.now)  # letters that came before are left alone
    matched = models.PositiveIntegerField(default=0)
    matched_at = models.DateTimeField(null=True)

    objects = FilterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["mailbox", "position", "id"], name="filter_in_order")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sender, self.to, self.subject, self.words)))

    @property
    def is_lost(self) -> bool:
        """Its folder was deleted."""
        return self.do == self.Do.MOVE and self.folder_id is None
