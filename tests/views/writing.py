"""What the writing pages' tests share: a filled page, a letter to answer, and the headers that htmx sends."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox import ingest
from mailbox.models import Draft, Folder, Identity, Mailbox, Message

AUTOSAVE = {"HX-Request": "true", "HX-Target": "saved"}
DOCK = {"HX-Request": "true", "HX-Target": "compose"}


def sheet(user: User, **typed: Any) -> dict[str, Any]:
    """Everything a page posts, filled so that it can be sent."""
    return {
        "identity": Identity.objects.writable(user).order_by("pk").values_list("pk", flat=True).first() or "",
        "to": "bob@hamburger.edu",
        "cc": "",
        "bcc": "",
        "subject": "Do you like ketchup?",
        "text": "How about pickles?\n김치도 좋아합니다.",
        "revision": 0,
        "tab": str(uuid4()),
        "kind": "new",
        "about": "",
        **typed,
    }


def keep(client: Client, user: User, key: UUID | None = None, **typed: Any) -> Draft:
    """A draft that the page has kept."""
    key = key or uuid4()
    client.post(reverse("draft_save", args=[key]), sheet(user, **typed))
    return Draft.objects.get(key=key)


def arrive(mailbox: Mailbox, raw: bytes | None = None, role: str = "inbox") -> Message:
    """A letter that lies in that mailbox's folder."""
    folder = Folder.objects.get(mailbox=mailbox, role=role)
    with transaction.atomic():
        placed = ingest.place(
            folder, raw or LETTER, uid=None, uidvalidity=1, flags=0, internal_date=datetime(2026, 3, 17, tzinfo=UTC)
        )
    return placed.message


LETTER = (
    b"From: Bob Marlow <bob@hamburger.edu>\r\nTo: Alice <alice@crepes.fr>, =?utf-8?b?6rmA7ZWY64qY?= <haneul@jangdok.example>\r\n"
    b"Cc: camille@crepes.fr\r\nSubject: Pickles\r\n"
    b"Date: Tue, 17 Mar 2026 09:41:00 +0100\r\nMessage-ID: <pickles@hamburger.edu>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPickles, yes.\r\n"
    b"--b\r\nContent-Type: text/csv; name=jars.csv\r\n"
    b"Content-Disposition: attachment; filename=jars.csv\r\n\r\njars,3\r\n--b--\r\n"
)
