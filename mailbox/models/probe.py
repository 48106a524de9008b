"""Probe: a test of servers that a worker does for a page, because the web process opens no outside socket."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import User
from accounts.vault import open_sealed, seal
from mailbox.models.mailbox import Mailbox
from mailbox.wire import Endpoint


class ProbeQuerySet(models.QuerySet["Probe"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)


class Probe(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        GOOD = "good"
        BAD = "bad"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="probes")
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, null=True, related_name="probes")  # whose servers change
    address = models.CharField(max_length=254)
    incoming = models.CharField(max_length=400)
    outgoing = models.CharField(max_length=400)
    secret = models.BinaryField(default=b"")  # sealed; wiped when it is refused, used, or an hour old
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    incoming_trouble = models.TextField(blank=True)  # one plain sentence; empty and GOOD: it works
    outgoing_trouble = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    SEALED = ("secret",)
    objects = ProbeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"

    @property
    def incoming_endpoint(self) -> Endpoint:
        return Endpoint.parse(self.incoming)

    @property
    def outgoing_endpoint(self) -> Endpoint:
        return Endpoint.parse(self.outgoing)

    def set_password(self, password: str) -> None:
        self.secret = seal(password.encode(), f"probe:{self.pk}")

    def password(self) -> str:
        return open_sealed(bytes(self.secret), f"probe:{self.pk}").decode()
