"""Letters in the queue, written the way the page writes them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from mailbox.models import Draft, Mailbox, Outgoing, Recipient, Upload, UploadChunk
from mailbox.outbox import filed, posting
from mailbox.outbox.rules import RULES, Rules
from mailbox.smtp.phase import Timeouts

NOW = timedelta()
HASTY: Rules = replace(
    RULES,
    timeouts=Timeouts(**dict.fromkeys(["connect", "greeting", "ehlo", "mail", "rcpt", "data", "block", "dot", "quit"], 0.5)),
)


def draft_of(mailbox: Mailbox, to: str = "bob@hamburger.edu", **fields: object) -> Draft:
    access = mailbox.access.get()
    texts = {"subject": "Lunch", "text": "Do you like ketchup?\nHow about pickles?\n", **fields}
    return Draft.objects.create(user=access.user, mailbox=mailbox, identity=mailbox.identities.get(), key=uuid4(), to=to, **texts)


def attach(draft: Draft, name: str, content: bytes) -> Upload:
    upload = Upload.objects.create(draft=draft, name=name, content_type="text/plain", size=len(content))
    UploadChunk.objects.create(upload=upload, number=0, data=content)
    return upload


def post(mailbox: Mailbox, to: str = "bob@hamburger.edu", *, after: timedelta = NOW, **fields: object) -> Outgoing:
    """A letter in the queue that may leave at once, and its copy in Sent."""
    draft = draft_of(mailbox, to, **fields)
    return file(posting.post_draft(draft, draft.user, not_before=timezone.now() + after))


def file(outgoing: Outgoing) -> Outgoing:
    """As the worker does that hears the bell."""
    filed.file_due(outgoing.mailbox_id)
    outgoing.refresh_from_db()
    return outgoing


def states(outgoing: Outgoing) -> dict[str, str]:
    return dict(outgoing.recipients.values_list("address", "state"))


def only(outgoing: Outgoing) -> Recipient:
    return outgoing.recipients.get()


def make_due(outgoing: Outgoing) -> None:
    """As if the pause were over."""
    outgoing.recipients.update(next_at=timezone.now() - timedelta(seconds=1))
