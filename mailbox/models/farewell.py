"""Farewell: a person leaves the mailing list that a letter came from, by one click; a worker says it (RFC 8058)."""

from django.db import models

from mailbox.models.message import Message


class Farewell(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        SAID = "said"
        FAILED = "failed"

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="farewell")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    wanted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.state} {self.message_id}"
