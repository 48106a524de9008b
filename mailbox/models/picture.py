"""RemotePicture: our copy of a picture that a letter names at another host, and Welcome: whose pictures a person always wants."""

from django.conf import settings
from django.db import models

from mailbox.models.gate import Gated
from mailbox.models.message import Message


class RemotePictureQuerySet(Gated["RemotePicture"]):
    mailbox_path = "message__mailbox"


class RemotePicture(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        HERE = "here"
        PIXEL = "pixel"  # nothing to look at: it was there to tell that the letter was opened
        FAILED = "failed"

    message = models.ForeignKey(Message, models.CASCADE, related_name="pictures")
    number = models.PositiveIntegerField()  # within the letter
    url = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    content_type = models.CharField(max_length=20, blank=True)  # as its bytes say
    data = models.BinaryField(default=b"")
    wanted_at = models.DateTimeField(auto_now_add=True)

    objects = RemotePictureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_remote_picture_per_number")]
        indexes = [models.Index(fields=["wanted_at"], name="remote_picture_wanted")]

    def __str__(self) -> str:
        return f"{self.number} of {self.message_id}"


class Welcome(models.Model):
    """A sender whose pictures this person always wants, as long as it is really them who writes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="welcomes")
    address = models.CharField(max_length=320)  # lower case

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="one_welcome_per_sender")]

    def __str__(self) -> str:
        return f"{self.address} for {self.user_id}"
