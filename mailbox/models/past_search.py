"""PastSearch: what a person has looked for; one that is kept stands in the side list."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User

REMEMBERED = 30  # of those that are not kept
LONGEST = 300  # characters; an index row holds no more than 2,700 octets


class PastSearchQuerySet(models.QuerySet["PastSearch"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def remember(self, user: User, typed: str) -> None:
        """The newest of the person's searches; the oldest beyond REMEMBERED are forgotten, and a very long one at once."""
        if len(typed) > LONGEST:
            return
        used = PastSearch(user=user, query=typed, used_at=timezone.now())
        self.bulk_create([used], update_conflicts=True, unique_fields=["user", "query"], update_fields=["used_at"])
        self.filter(pk__in=self.of(user).filter(kept=False).order_by("-used_at").values("pk")[REMEMBERED:]).delete()


class PastSearch(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches")
    query = models.CharField(max_length=LONGEST)
    kept = models.BooleanField(default=False)
    used_at = models.DateTimeField(default=timezone.now)

    objects = PastSearchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "query"], name="one_search_per_query")]

    def __str__(self) -> str:
        return self.query
