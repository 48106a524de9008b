"""Change: something a person did here that the server does not know yet (the op log)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox
from mailbox.models.message import Message


@dataclass
class Overlay:
    """What open Changes say about one placement: these flags and keywords are as the person left them."""

    flags: int = 0
    keywords: set[str] = field(default_factory=set)


class ChangeQuerySet(Gated["Change"]):
    def open(self) -> Self:
        return self.filter(state__in=[Change.State.PENDING, Change.State.SENT])

    def overlays(self, message_ids: Collection[int]) -> dict[int, Overlay]:
        """By placement id; a placement without open flag Changes reads as an empty Overlay."""
        overlays: dict[int, Overlay] = defaultdict(Overlay)
        rows = self.open().filter(message__in=message_ids, kind__in=[Change.Kind.FLAG, Change.Kind.KEYWORD])
        for kind, args in rows.values_list("kind", "args"):
            overlay = overlays[args["placement"]]
            if kind == Change.Kind.FLAG:
                overlay.flags |= args["flag"]
            else:
                overlay.keywords.add(args["keyword"])
        return overlays


class Change(models.Model):
    """kind and args: flag {placement, flag, on}; keyword {placement, keyword, on}; move {placement, folder};
    expunge {placement}; append {folder, flags, outgoing | draft}; create {name}; rename {folder, name}; delete {folder}."""

    class Kind(models.TextChoices):
        FLAG = "flag"
        KEYWORD = "keyword"
        MOVE = "move"
        EXPUNGE = "expunge"
        APPEND = "append"
        CREATE = "create"
        RENAME = "rename"
        DELETE = "delete"

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"  # told to the server, not yet confirmed: after a crash look before doing it again
        DONE = "done"
        REFUSED = "refused"

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="changes")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mailbox", "id"], name="change_due", condition=Q(state__in=["pending", "sent"])),
            models.Index(fields=["message", "id"], name="change_of_message", condition=Q(state__in=["pending", "sent"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.args}"
