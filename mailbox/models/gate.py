"""The gate: every query of the mail starts from a person (law 10)."""

from typing import Self, TypeVar

from django.db import models

from accounts.models import User

Row = TypeVar("Row", bound=models.Model)


class Gated(models.QuerySet[Row]):
    """A table whose rows belong to a Mailbox; `mailbox_path` leads from the row to it."""

    mailbox_path = "mailbox"

    def of(self, user: User) -> Self:
        """The rows in the Mailboxes that this person may see."""
        return self.filter(**{f"{self.mailbox_path}__access__user": user})
