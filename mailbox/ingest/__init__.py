"""The one gate through which every letter comes in, whether a server gave it or a person wrote it here."""

from collections.abc import Sequence
from datetime import datetime

from mailbox import live
from mailbox.ingest.completing import complete
from mailbox.ingest.laying import Placed, lay
from mailbox.ingest.placing import place_many
from mailbox.ingest.stored import letter_of, source_of
from mailbox.models import Folder, Placement
from mailbox.reading.arrival import LEVEL, Arrival, identity_of, pack
from mailbox.reading.meaning import read, snippet_of
from mailbox.reading.ready import Ready, prepare, set_aside

__all__ = [
    "LEVEL", "Arrival", "Placed", "Ready", "complete", "identity_of", "lay", "letter_of", "pack", "place", "place_many",
    "prepare", "read", "set_aside", "snippet_of", "source_of",
]  # fmt: skip


def place(
    folder: Folder,
    raw: bytes,
    *,
    uid: int | None,
    uidvalidity: int,
    flags: int,
    internal_date: datetime,
    keywords: Sequence[str] = (),
    identity: bytes | None = None,
) -> Placement:
    """Put one whole letter into a folder and tell the open pages; inside the caller's transaction.

    `uid` is None for a letter that is here first (a copy in Sent) and gets its UID when the server has it.
    """
    arrival = Arrival(raw, uid, uidvalidity, flags, internal_date, len(raw), tuple(keywords), identity=identity)
    placed = place_many(folder, [prepare(arrival)])
    people = live.watchers(folder.mailbox_id)
    live.tell(people, "folder", *placed.folders)
    live.tell(people, "thread", *placed.threads)
    return placed.placements[0]
