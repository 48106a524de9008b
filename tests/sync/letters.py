"""Letters for the mirror's tests, as bytes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from mailbox import ingest
from mailbox.models import Folder, Placement

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def raw(
    name: str = "a",
    *,
    subject: str = "Ketchup",
    references: Sequence[str] = (),
    text: str = "Do you like it?",
    sender: str = "bob",
) -> bytes:
    """A letter whose Message-ID is name@hamburger.edu."""
    lines = [
        f"From: {sender.title()} <{sender}@hamburger.edu>",
        "To: Alice Martin <alice@crepes.fr>",
        f"Subject: {subject}",
        "Date: Wed, 01 May 2024 12:00:00 +0000",
        f"Message-ID: <{name}@hamburger.edu>",
    ]
    lines += [f"References: {' '.join(f'<{one}@hamburger.edu>' for one in references)}"] if references else []
    return "\r\n".join([*lines, "", text, ""]).encode()


def land(folder: Folder, letter: bytes, *, uid: int | None = None, flags: int = 0, at: datetime = NOON) -> Placement:
    return ingest.place(folder, letter, uid=uid, uidvalidity=folder.uidvalidity, flags=flags, internal_date=at)
