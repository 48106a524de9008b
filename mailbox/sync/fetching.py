"""A window of letters comes in: first what they are, then the bytes of those that are not here, the newest first."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from django.db.models import Q

from mailbox import ingest
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.ingest import Arrival, Placed
from mailbox.models import Folder, Message, Placement
from mailbox.sync import bodies, plan
from mailbox.sync.bodies import Incoming
from mailbox.sync.session import Session

WINDOW = 500  # letters whose facts are asked for together
BATCH = 100  # letters that are written in one transaction
FACTS = Items(internal_date=True, size=True, identity=True, header=("message-id", "date", "from"))


def bring_in(session: Session, folder: Folder, uids: UidSet, *, importing: bool = False) -> None:
    """Letters of the selected folder, at most a WINDOW. While `importing` the checkpoint goes down with each batch, in its
    transaction, so a pass that is killed goes on where it was."""
    arrivals = {one.uid: _arrival(folder, one) for one in session.client.fetch(uids, FACTS)}
    known = _known(folder, arrivals.values())
    sizes = [(uid, 0 if uid in known else arrivals[uid].size) for uid in sorted(arrivals, reverse=True)]
    for batch in plan.batches(sizes, BATCH, bodies.SLICE):
        _bring_in_batch(session, folder, [arrivals[uid] for uid in batch], known, importing=importing)
    if importing:
        lowest = next(uids.ranges())[0]
        with session.writing():
            Folder.objects.filter(pk=folder.pk).update(backfill_low_uid=lowest)


def _arrival(folder: Folder, facts: Fetched) -> Arrival:
    return Arrival(
        raw=facts.header or b"",
        uid=facts.uid,
        uidvalidity=folder.uidvalidity,
        flags=facts.flags or 0,
        keywords=facts.keywords,
        internal_date=facts.internal_date or datetime(1970, 1, 1, tzinfo=UTC),
        size=facts.size or 0,
        modseq=facts.modseq or 0,
        identity=facts.emailid.encode() if facts.emailid else None,
        whole=False,
    )


def _known(folder: Folder, arrivals: Iterable[Arrival]) -> dict[int, Message]:
    """By UID the letters that need no bytes. A server's own identity is believed. A digest of facts is only good for a
    letter that went away somewhere or waits here for its UID: of any other the bytes may differ, and they decide."""
    named = {ingest.identity_of(arrival): arrival for arrival in arrivals if arrival.uid}
    messages = Message.objects.filter(mailbox=folder.mailbox_id, identity__in=named)
    waits = Q(folder=folder) & (Q(uid=None) | ~Q(uidvalidity=folder.uidvalidity))
    moved = Placement.objects.filter(waits | Q(gone_at__isnull=False), message__in=messages).values_list("message_id", flat=True)
    travelled = set(moved)
    found = ((named[bytes(message.identity)], message) for message in messages)
    return {arrival.uid: message for arrival, message in found if arrival.uid and (arrival.identity or message.pk in travelled)}


def _bring_in_batch(
    session: Session, folder: Folder, batch: Sequence[Arrival], known: dict[int, Message], *, importing: bool
) -> None:
    here = [(arrival, known[arrival.uid]) for arrival in batch if arrival.uid in known]
    unknown = [arrival for arrival in batch if arrival.uid not in known]
    with ExitStack() as spools:
        fresh = bodies.fetch(session, folder, unknown) if unknown else []
        for one in fresh:
            spools.callback(one.close)
        with session.writing():
            placed = [ingest.lay(folder, here)] if here else []
            placed += [_place(folder, fresh)] if fresh else []
            if importing:
                Folder.objects.filter(pk=folder.pk).update(backfill_low_uid=batch[-1].uid)
    for some in placed:
        session.tell(*(("folder", one) for one in some.folders))
        session.tell(*(("thread", one) for one in some.threads if not importing))  # of old letters there are too many


def _place(folder: Folder, fresh: Sequence[Incoming]) -> Placed:
    placed = ingest.place_many(folder, [one.ready for one in fresh])
    for one, placement in zip(fresh, placed.placements, strict=True):
        one.store_chunks(placement.message)
    return placed
