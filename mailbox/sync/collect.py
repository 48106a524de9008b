"""Letters are collected from a maildrop (POP3). They lie here first; only then, and only if the person wants it, they go there.

list     what lies there; a row of Collected says what was here already
fetch    the others, the newest first; each batch is committed before the next is asked for
delete   those that have been here long enough; QUIT removes them there

A line that breaks before QUIT removes nothing: the next pass knows the letters, and deletes them then.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta

from django.utils import timezone

from mailbox import ingest
from mailbox.models import Collected, Folder, Message
from mailbox.sync import filters, plan, receiving, room, tidying
from mailbox.sync.bodies import SLICE
from mailbox.sync.maildrop import Listing, Maildrop
from mailbox.sync.receiving import LineBroke, Received

BATCH = 50  # letters that are written in one transaction
FORGET = timedelta(days=60)  # after a maildrop no longer lists a letter: servers have been seen to hide some for a while
MOST_DELETED = 2000  # letters in one session
HOME = {"inbox": "INBOX", "sent": "Sent", "drafts": "Drafts", "archive": "Archive", "junk": "Junk", "trash": "Trash"}


def collect(drop: Maildrop) -> bool:
    """One pass; whether something is left for the next. Raises TryLater, Refused, LeaseLost."""
    inbox = homes(drop)
    while True:
        try:
            return _pass(drop, inbox)
        except LineBroke:
            drop.again()


def homes(drop: Maildrop) -> Folder:
    """The folders of a Mailbox whose server has none live here. The inbox."""
    with drop.writing():
        folders = Folder.objects.filter(mailbox=drop.mailbox)
        missing = HOME.keys() - set(folders.values_list("role", flat=True))
        taken = set(folders.values_list("wire_name", flat=True))
        Folder.objects.bulk_create(
            Folder(mailbox=drop.mailbox, name=name, wire_name=name, delimiter="/", role=role, backfill_low_uid=0)
            for role, name in HOME.items()
            if role in missing and name not in taken
        )
        return folders.get(role=Folder.Role.INBOX)


def _pass(drop: Maildrop, inbox: Folder) -> bool:
    there = drop.listing()
    left = not room.taken_by(drop.mailbox) and _fetch(drop, inbox, there)
    filters.ring(drop.mailbox.pk)
    _reckon(drop, inbox, there)
    _delete(drop, there)
    drop.client.quit()
    if not left:
        tidying.clear_away(drop)
    return left


def known(drop: Maildrop) -> set[bytes]:
    """The keys of what was here once."""
    return {bytes(key) for key in Collected.objects.filter(mailbox=drop.mailbox).values_list("key", flat=True)}


# --- Fetch ----------------------------------------------------------------------------------------------------------------


def _fetch(drop: Maildrop, inbox: Folder, there: Listing) -> bool:
    """However short the time, one batch comes in; whether something is left."""
    before = known(drop)
    fresh = [key for key in reversed(there) if key not in before]
    numbered = dict(enumerate(fresh))
    for batch in plan.batches(((number, there[key].size) for number, key in numbered.items()), BATCH, SLICE):
        if batch[0] and drop.is_over:
            return True
        with ExitStack() as spools:
            received = list(_received(drop, there, [numbered[number] for number in batch], spools))
            _write(drop, inbox, received)
    return False


def _received(drop: Maildrop, there: Listing, keys: Sequence[bytes], spools: ExitStack) -> Iterator[Received]:
    for key in keys:
        if received := receiving.receive(drop, key, there[key]):
            spools.callback(received.incoming.close)
            yield received
        drop.renew()


def _write(drop: Maildrop, inbox: Folder, received: Sequence[Received]) -> None:
    """A letter whose bytes were here before, under another key, is only noted: the server has named its letters anew."""
    with drop.writing():
        fresh = list(_unknown(drop, received))
        placed = ingest.place_many(inbox, [one.incoming.ready for one in fresh]) if fresh else None
        messages = {}
        for one, placement in zip(fresh, placed.placements if placed else (), strict=True):
            one.incoming.store_chunks(placement.message)
            messages[one.identity] = placement.message
        Collected.objects.bulk_create(
            Collected(
                mailbox=drop.mailbox, key=one.key, identity=one.identity, whole=one.whole, message=messages.get(one.identity)
            )
            for one in received
        )
        Folder.objects.filter(pk=inbox.pk).update(
            mirrored=Collected.objects.filter(mailbox=drop.mailbox, missing_since=None).count()
        )
    drop.tell(("mailbox", drop.mailbox.pk), *(("folder", one) for one in (placed.folders if placed else ())))
    drop.tell(*(("thread", one) for one in (placed.threads if placed else ())))


def _unknown(drop: Maildrop, received: Sequence[Received]) -> Iterator[Received]:
    identities = {one.identity for one in received}
    rows = Collected.objects.filter(mailbox=drop.mailbox, identity__in=identities)
    letters = Message.objects.filter(mailbox=drop.mailbox, identity__in=identities)
    seen = {bytes(one) for table in (rows, letters) for one in table.values_list("identity", flat=True)}
    for one in received:
        if one.identity not in seen:
            seen.add(one.identity)
            yield one


# --- What lies there ------------------------------------------------------------------------------------------------------


def _reckon(drop: Maildrop, inbox: Folder, there: Listing) -> None:
    """Rows of what the maildrop no longer lists are kept for a while: a listing may be short by a fault."""
    rows = Collected.objects.filter(mailbox=drop.mailbox)
    listed: list[int] = []
    missing: list[int] = []
    for pk, key, since in rows.values_list("pk", "key", "missing_since"):
        if (bytes(key) in there) == (since is not None):
            (missing if since is None else listed).append(pk)
    now = timezone.now()
    with drop.writing():
        rows.filter(pk__in=listed).update(missing_since=None)
        rows.filter(pk__in=missing).update(missing_since=now)
        rows.filter(missing_since__lt=now - FORGET).delete()
        here = rows.filter(missing_since=None).count()
        Folder.objects.filter(pk=inbox.pk).update(server_messages=len(there), mirrored=here, checked_at=now)


def _delete(drop: Maildrop, there: Listing) -> None:
    """What has been here, whole and committed, for as long as the person wants it kept there."""
    if drop.mailbox.keep_days is None:
        return
    before = timezone.now() - timedelta(days=drop.mailbox.keep_days)
    rows = Collected.objects.filter(mailbox=drop.mailbox, whole=True, collected_at__lte=before, missing_since=None)
    over = [entry for key in rows.values_list("key", flat=True) if (entry := there.get(bytes(key)))]
    for entry in over[:MOST_DELETED]:
        drop.client.delete(entry.number)
        drop.renew()
