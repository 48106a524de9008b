"""Letters in folders, and browsers that are signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import User
from mailbox import ingest
from mailbox.models import Flag, Folder, Mailbox, Placement, ThreadFolder

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)

Lay = Callable[..., Placement]


def letter(
    subject: str, sender: str = "Bob Marlow <bob@hamburger.edu>", text: str = "Dear Alice,\n\nyes.\n", **headers: str
) -> bytes:
    """A small letter; keyword arguments are more headers, their underscores hyphens."""
    lines = {
        "From": sender,
        "To": "Alice Martin <alice@crepes.fr>",
        "Subject": subject,
        "Date": "Tue, 17 Mar 2026 12:00:00 +0000",
    }
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines.setdefault("Message-ID", f"<{abs(hash((subject, sender, text)))}@hamburger.edu>")
    lines.setdefault("Content-Type", "text/plain; charset=utf-8")
    head = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return f"{head}\n{text}".replace("\n", "\r\n").encode()


def lay(folder: Folder, raw: bytes | str, *, minutes: int = 0, flags: int = 0) -> Placement:
    """Put a letter (or one of that subject) into the folder, so many minutes before noon."""
    uid = Placement.objects.filter(folder=folder).count() + 1
    content = letter(raw) if isinstance(raw, str) else raw
    with transaction.atomic():
        return ingest.place(folder, content, uid=uid, uidvalidity=1, flags=flags, internal_date=NOON - timedelta(minutes=minutes))


def flat(answer: HttpResponseBase) -> str:
    """The markup of an answer with single blanks, however its template is laid out."""
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]  # a page, never a stream


def row_of(placement: Placement) -> str:
    """The checkbox value of the conversation in the folder of that letter."""
    return f"{placement.message.thread_id}-{placement.folder_id}"


def place_row(placement: Placement) -> ThreadFolder:
    return ThreadFolder.objects.get(thread=placement.message.thread_id, folder=placement.folder_id)


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's."""
    return signed_in(alice)


@pytest.fixture
def stranger(charlie: User) -> Client:
    return signed_in(charlie)


@pytest.fixture
def bobs_browser(bob: User) -> Client:
    return signed_in(bob)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


SEEN = int(Flag.SEEN)
HTMX = {"HTTP_HX_REQUEST": "true"}
