"""A maildrop and what was collected from it side by side: every difference in one line. It changes nothing."""

from collections.abc import Iterator

from mailbox import ingest
from mailbox.models import Collected, Folder
from mailbox.pop3.client import Entry
from mailbox.sync.maildrop import Maildrop
from mailbox.sync.verifying import counted


def differences(drop: Maildrop, *, octets: bool = False) -> Iterator[str]:
    """What was collected and is no longer there, or was deleted here, is no difference. `octets`: compare every byte too."""
    rows = {bytes(row.key): row for row in Collected.objects.filter(mailbox=drop.mailbox).select_related("message__raw")}
    for key, entry in drop.listing().items():
        name = f"Letter {entry.uidl or entry.number}"
        if key not in rows:
            yield f"{name}: on the server, not here."
        elif octets and rows[key].whole and rows[key].message:
            yield from (f"{name}: {difference}" for difference in _of_bytes(drop, rows[key], entry))
        drop.renew()
    yield from counted(Folder.objects.filter(mailbox=drop.mailbox))


def _of_bytes(drop: Maildrop, row: Collected, entry: Entry) -> Iterator[str]:
    there = b"".join(drop.client.letter(entry.number))
    if row.message and there != b"".join(ingest.source_of(row.message)):
        yield "other bytes on the server than here."
