"""Somebody with one mailbox, and how long what they do takes."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

WINDOW = 500  # letters in one transaction
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Person:
    """Somebody with one mailbox, and the browser in which they search."""

    def __init__(self, address: str) -> None:
        from django.test import Client

        from accounts.models import User
        from mailbox.models import Access, Folder, Identity, Mailbox

        user, is_new = User.objects.get_or_create(email=address)
        if is_new:
            incoming = f"imaps://{address.replace('@', '%40')}@imap.invalid:993"
            mailbox = Mailbox.objects.create(address=address, incoming=incoming, outgoing="direct:", state="ok")
            Access.objects.create(mailbox=mailbox, user=user)
            Identity.objects.create(mailbox=mailbox, address=address)
            for role in ("inbox", "sent", "drafts", "archive", "junk", "trash"):
                Folder.objects.create(mailbox=mailbox, name=role, wire_name=role, delimiter="/", role=role, uidvalidity=1)
        self.mailbox = Mailbox.objects.get(address=address)
        self.inbox = self.mailbox.folders.get(role="inbox")
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    @property
    def has_letters(self) -> bool:
        return self.mailbox.messages.exists()

    def search(self, typed: str) -> int:
        """How many rows the page shows."""
        answer = self.client.get("/search/", {"q": typed})
        assert answer.status_code == 200
        return answer.content.count(b'<li class="row"')

    def open_inbox(self) -> None:
        answer = self.client.get("/")
        assert answer.status_code == 200

    def take(self, raws: Sequence[bytes], first: int = 0) -> None:
        """The letters, as the mirror lays them into the inbox."""
        from django.db import transaction

        from mailbox import ingest

        for start in range(0, len(raws), WINDOW):
            arrivals = [
                ingest.Arrival(
                    raw, first + start + number + 1, 1, 0, NOW - timedelta(minutes=7 * (first + start + number)), len(raw)
                )
                for number, raw in enumerate(raws[start : start + WINDOW])
            ]
            ready = [ingest.prepare(arrival) for arrival in arrivals]
            with transaction.atomic():
                ingest.place_many(self.inbox, ready)


def timed(deed: Callable[[], Any], rounds: int = 9) -> float:
    """The median, in milliseconds, warm."""
    deed()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
