"""Host: a server that many Mailboxes lie on, and when the next sign-in there is due, so that no provider sees a storm."""

from django.db import models


class Host(models.Model):
    name = models.CharField(max_length=400, unique=True)
    next_login_at = models.DateTimeField()  # a mark that each sign-in moves on; the database's clock

    def __str__(self) -> str:
        return self.name
