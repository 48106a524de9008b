"""Letters laid into a folder, to be found."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from mailbox import ingest
from mailbox.models import Folder, Mailbox, Placement

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


def folder(mailbox: Mailbox, role: str = "inbox") -> Folder:
    return mailbox.folders.get(role=role)


def letter(text: str = "", *, files: tuple[tuple[str, str, str], ...] = (), **headers: str) -> bytes:
    """`files` are (name, subtype of text, content)."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Bob Marlow <bob@hamburger.edu>")
    message["To"] = headers.pop("to", "Alice Martin <alice@crepes.fr>")
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    for name, subtype, content in files:
        message.add_attachment(content, subtype=subtype, filename=name)
    return message.as_bytes()


def lay(where: Folder, text: str = "", *, days: float = 0, flags: int = 0, **given: Any) -> Placement:
    """A letter that came so many days before NOON."""
    uid = where.placements.count() + 1
    given.setdefault("subject", f"Letter {uid}")
    given.setdefault("message_id", f"<{uid}.{where.pk}@crepes.fr>")
    given["Message-ID"] = given.pop("message_id")
    keywords = given.pop("keywords", ())
    raw = letter(text, **given)
    moment = NOON - timedelta(days=days)
    return ingest.place(where, raw, uid=uid, uidvalidity=1, flags=flags, internal_date=moment, keywords=keywords)
