"""Draft: a letter being written, and its Uploads. They live here first; the server's copy is a projection."""

from typing import Self, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from mailbox.mime import authored
from mailbox.mime.write import Attachment
from mailbox.models.mailbox import Identity, Mailbox
from mailbox.models.message import Message


class Body(TypedDict):
    """What stands below the header, for `write_letter`."""

    text: str
    html: str
    pictures: dict[str, Attachment]
    attachments: list[Attachment]


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def open(self) -> Self:
        """Still being written: neither handed to the queue nor thrown away."""
        return self.filter(sent_at=None, discarded_at=None)


class Draft(models.Model):
    class Kind(models.TextChoices):
        NEW = "new"
        REPLY = "reply"
        REPLY_ALL = "reply_all"
        FORWARD = "forward"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="drafts")
    identity = models.ForeignKey(Identity, models.SET_NULL, null=True)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.NEW)
    about = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="answers")  # the letter answered or forwarded
    revision = models.PositiveIntegerField(default=0)
    tab = models.UUIDField(null=True)  # the page that wrote this revision: another one with an older revision is told
    key = models.UUIDField(unique=True)  # the form's idempotency key: sending twice sends once
    to = models.TextField(blank=True)  # as typed
    cc = models.TextField(blank=True)
    bcc = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)  # cleaned; empty where the text says it all
    notify = models.BooleanField(default=False, db_default=False)  # its writer wants to know when it has arrived
    leaves_at = models.DateTimeField(null=True)  # the time that was chosen for it before it was taken back
    placement = models.ForeignKey("mailbox.Placement", models.SET_NULL, null=True, related_name="+")  # the copy on the server
    pushed_revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)  # handed to the queue; no longer shown among the drafts
    discarded_at = models.DateTimeField(null=True)  # thrown away, for a day with a way back

    objects = DraftQuerySet.as_manager()
    is_bare = False  # made a moment ago, so that no file can hang on it yet

    class Meta:
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="draft_list"),
            models.Index(
                fields=["updated_at"],
                name="draft_unfiled",
                condition=Q(sent_at=None, discarded_at=None, revision__gt=F("pushed_revision")),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def body(self, message_id: str) -> Body:
        """The words with their files. A picture that was taken out of the text again stays behind."""
        pictures = authored.pictures_in(self.html) if self.html else []
        shown = {one.pk: one for one in self.uploads.filter(inline=True, pk__in=pictures)} if pictures else {}
        content_ids = {number: f"picture{number}.{message_id}" for number in shown}
        return Body(
            text=self.text,
            html=authored.dressed(self.html, content_ids) if self.html else "",
            pictures={content_ids[number]: one.attachment() for number, one in shown.items()},
            attachments=[] if self.is_bare else [one.attachment() for one in self.uploads.files()],
        )


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, user: User) -> Self:
        return self.filter(draft__user=user)

    def files(self) -> Self:
        """Those that go along beside the text, in the order in which they came."""
        return self.filter(inline=False).order_by("pk")


class Upload(models.Model):
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    size = models.BigIntegerField(default=0)
    inline = models.BooleanField(default=False)  # a picture in the text: it goes along if the text shows it
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def read(self) -> bytes:
        return b"".join(bytes(data) for data in self.chunks.order_by("number").values_list("data", flat=True))

    def attachment(self) -> Attachment:
        return Attachment(self.name, self.content_type, self.read())


class UploadChunk(models.Model):
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_upload_chunk_per_number")]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.upload_id}"
