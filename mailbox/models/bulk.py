"""Bulk: one deed for very many letters, carried out a piece at a time; what was chosen is fixed when it begins."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from mailbox.models.filter import Filter
from mailbox.models.folder import Folder


class BulkQuerySet(models.QuerySet["Bulk"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def under_way(self) -> Self:
        return self.filter(state__in=[Bulk.State.DOING, Bulk.State.UNDOING])


class Bulk(models.Model):
    class State(models.TextChoices):
        DOING = "doing"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"
        REFUSED = "refused"  # it stopped half-way; `trouble` says why

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    do = models.CharField(max_length=8)
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="+")  # where to, of a move
    filter = models.ForeignKey(Filter, models.SET_NULL, null=True, related_name="jobs")  # which does with them what it says
    label = models.CharField(max_length=200, blank=True, db_default="")  # its name, where one is given or taken away
    to = models.CharField(max_length=200, blank=True, db_default="")  # the name that comes in the place of that one
    letters = ArrayField(models.BigIntegerField())  # placements, in the order in which they are taken
    taken = models.PositiveIntegerField(default=0)  # so many of them have been looked at
    changed = models.PositiveIntegerField(default=0)  # so many letters are different now
    batch = models.CharField(max_length=32)  # of the Changes that came of it
    first = models.BigIntegerField(default=0)  # the ids between which they lie; undoing goes down from the last
    last = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.DOING)
    trouble = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BulkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="bulk_under_way", condition=Q(state__in=["doing", "undoing"]))]

    def __str__(self) -> str:
        return f"{self.do}: {self.taken} of {len(self.letters)}"
