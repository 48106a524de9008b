"""A window of letters comes in: listed by their headers, or whole where they are few, the newest first."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from django.db.models import F, Q

from mailbox import ingest
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.ingest import Arrival, Placed
from mailbox.models import Folder, Mailbox, Message, Placement
from mailbox.sync import bodies, plan, rows
from mailbox.sync.bodies import Incoming
from mailbox.sync.session import Session

WINDOW = 1000  # letters whose facts are asked for together
BATCH = 100  # letters that are written in one transaction with their bytes
FEW = 100  # new letters that come whole at once; of more the headers come first
NAMES = ("message-id", "date", "from")  # what an identity is made of
SHOWN = (*NAMES, "to", "cc", "subject", "in-reply-to", "references", "content-type")  # and what a list shows
FACTS = Items(internal_date=True, size=True, identity=True, header=NAMES)
HEADERS = Items(internal_date=True, size=True, identity=True, header=SHOWN)


def bring_in(session: Session, folder: Folder, uids: UidSet) -> None:
    """Letters of the selected folder, at most a WINDOW."""
    if len(uids) > FEW:
        list_in(session, folder, ask(session, uids))
        return
    told = session.client.fetch(uids, FACTS)
    arrivals = {one.uid: _arrival(folder, one) for one in told if one.flags is not None}  # else it is asked again, next time
    known = _known(folder, arrivals.values())
    sizes = [(uid, 0 if uid in known else arrivals[uid].size) for uid in sorted(arrivals, reverse=True)]
    for batch in plan.batches(sizes, BATCH, bodies.SLICE):
        _bring_in_batch(session, folder, [arrivals[uid] for uid in batch], known)


def ask(session: Session, uids: UidSet) -> Iterator[Fetched]:
    """The question goes out now, `list_in` hears the answer."""
    return bodies.ahead(session, uids, HEADERS)


def list_in(session: Session, folder: Folder, said: Iterable[Fetched], low: int | None = None) -> None:
    """Letters by their headers, in one transaction; their bytes come in their turn. While importing `low` is the checkpoint
    that goes down in it, so a pass that is killed goes on where it was."""
    heard = {one.uid: one for one in said if one.flags is not None}
    here_already = set(rows.held(folder).filter(uid__among=list(heard)).values_list("uid", flat=True))
    arrivals = [_arrival(folder, heard[uid], later=True) for uid in sorted(heard.keys() - here_already)]
    known = _known(folder, arrivals)
    horizon = session.mailbox.horizon
    ready = [
        ingest.prepare(arrival, findable=bool(horizon and arrival.internal_date < horizon))
        for arrival in arrivals
        if arrival.uid not in known
    ]
    here = [(arrival, known[arrival.uid]) for arrival in arrivals if arrival.uid in known]
    with session.writing():
        placed = [ingest.lay(folder, here)] if here else []
        placed += [ingest.place_many(folder, ready)] if ready else []
        left = sum(one.found is None for one in ready)
        Mailbox.objects.filter(pk=folder.mailbox_id).update(letters_left=F("letters_left") + left)
        if low:
            Folder.objects.filter(pk=folder.pk).update(backfill_low_uid=low)
    session.tell(*(("folder", one) for some in placed for one in some.folders))


def _arrival(folder: Folder, facts: Fetched, *, later: bool = False) -> Arrival:
    return Arrival(
        raw=facts.header or b"",
        uid=facts.uid,
        uidvalidity=folder.uidvalidity,
        flags=facts.flags or 0,
        keywords=facts.words,
        internal_date=facts.internal_date or datetime(1970, 1, 1, tzinfo=UTC),
        size=facts.size or 0,
        modseq=facts.modseq or 0,
        identity=facts.emailid.encode() if facts.emailid else None,
        whole=False,
        later=later,
    )


def _known(folder: Folder, arrivals: Iterable[Arrival]) -> dict[int, Message]:
    """By UID the letters that need no bytes. A server's own identity is believed. A digest of facts is only good for a
    letter that went away somewhere or waits here for its UID: of any other the bytes may differ, and they decide."""
    named = {ingest.identity_of(arrival): arrival for arrival in arrivals if arrival.uid}
    messages = {bytes(one.identity): one for one in Message.objects.filter(mailbox=folder.mailbox_id, identity__among=named)}
    if not messages:
        return {}
    waits = Q(folder=folder) & (Q(uid=None) | ~Q(uidvalidity=folder.uidvalidity))
    moved = Placement.objects.filter(waits | Q(gone_at__isnull=False), message__among=[one.pk for one in messages.values()])
    travelled = set(moved.values_list("message_id", flat=True))
    found = ((named[identity], message) for identity, message in messages.items())
    return {arrival.uid: message for arrival, message in found if arrival.uid and (arrival.identity or message.pk in travelled)}


def _bring_in_batch(session: Session, folder: Folder, batch: Sequence[Arrival], known: dict[int, Message]) -> None:
    here = [(arrival, known[arrival.uid]) for arrival in batch if arrival.uid in known]
    unknown = [arrival for arrival in batch if arrival.uid not in known]
    with ExitStack() as spools:
        fresh = bodies.fetch(session, folder, unknown) if unknown else []
        for one in fresh:
            spools.callback(one.close)
        with session.writing():
            placed = [ingest.lay(folder, here)] if here else []
            placed += [_place(folder, fresh)] if fresh else []
    for some in placed:
        session.tell(*(("folder", one) for one in some.folders), *(("thread", one) for one in some.threads))


def _place(folder: Folder, fresh: Sequence[Incoming]) -> Placed:
    placed = ingest.place_many(folder, [one.ready for one in fresh])
    for one, placement in zip(fresh, placed.placements, strict=True):
        one.store_chunks(placement.message)
    return placed
