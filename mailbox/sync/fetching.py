"""A window of letters comes in, the newest first: whole, or listed by their headers where their bytes have to wait."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime

from django.db.models import F, Q

from mailbox import ingest
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.ingest import Arrival, Placed, Ready
from mailbox.models import Folder, Mailbox, Message, Placement
from mailbox.reading.apart import Making, prepare_many
from mailbox.sync import bodies, filling, rows
from mailbox.sync.bodies import Incoming
from mailbox.sync.session import Session

WINDOW = 250  # letters whose headers are asked for together: few, so that the next are read while these are written;
WIDE = 5000  # and of how many only the sizes
FEW = 100  # new letters that come at once, whatever their size and age,
PART = 50  # so many of them written while the next are read
NAMES = ("message-id", "date", "from")  # what an identity is made of
SHOWN = (*NAMES, "to", "cc", "subject", "in-reply-to", "references", "content-type")  # and what a list shows
SIZES = Items(internal_date=True, size=True, identity=True)
FACTS = Items(internal_date=True, size=True, identity=True, header=NAMES)
HEADERS = Items(internal_date=True, size=True, identity=True, header=SHOWN)


def bring_in(
    session: Session,
    folder: Folder,
    uids: UidSet,
    *,
    importing: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> bool:
    """Letters of the selected folder, at most a WIDE window of them; whether the time was enough. They come whole, but for
    those that wait for their turn where there are many. While importing each batch moves the checkpoint down. `meanwhile` is
    done once, while the first of them are read."""
    told = session.client.fetch(uids, FACTS if _has_travelled(folder) else SIZES)
    arrivals = {one.uid: _arrival(folder, one) for one in told if one.flags is not None}  # else it is asked again, next time
    known = _known(folder, arrivals.values())
    if known:
        _lay(session, folder, [(arrivals[uid], message) for uid, message in known.items()])
    waits = importing or len(uids) > FEW
    late = {uid for uid, one in arrivals.items() if waits and uid not in known and _is_late(session, one)}
    for window in UidSet.of(late).newest_first(WINDOW):
        making = session.wait_for(ask(session, folder, window))
        list_in(session, folder, made(session, making))
    rest = sorted(arrivals.keys() - known.keys() - late)
    most = PART if len(rest) <= FEW else None
    for batch, fresh in filling.in_turn(session, folder, [arrivals[uid] for uid in reversed(rest)], most=most, first=meanwhile):
        _place(session, folder, fresh, batch[-1] if importing else None)
    return not rest or batch[-1] == rest[0]


def _is_late(session: Session, arrival: Arrival) -> bool:
    horizon = session.mailbox.horizon
    return arrival.size >= filling.SMALL or bool(horizon and arrival.internal_date < horizon)


def ask(session: Session, folder: Folder, uids: UidSet) -> Future[list[Making]]:
    """The question goes out now, and the answer is read beside what this thread writes."""
    return session.reader.submit(_hear, bodies.ahead(session, uids, HEADERS), folder, session.mailbox.horizon)


def _hear(said: Iterable[Fetched], folder: Folder, horizon: datetime | None) -> list[Making]:
    """It touches no table."""
    arrivals = {one.uid: _arrival(folder, one, later=True) for one in said if one.flags is not None}
    asked = [(arrival, bool(horizon and arrival.internal_date < horizon)) for _, arrival in sorted(arrivals.items())]
    return prepare_many(asked, len(asked))


def made(session: Session, making: Iterable[Making]) -> list[Ready]:
    return [ready for piece in making for ready in session.wait_for(piece)]


def list_in(session: Session, folder: Folder, heard: Sequence[Ready], low: int | None = None) -> None:
    """Letters by their headers, in one transaction; their bytes come in their turn. While importing `low` is the checkpoint
    that goes down in it, so a pass that is killed goes on where it was."""
    uids = [one.arrival.uid for one in heard]
    here_already = set(rows.held(folder).filter(uid__among=uids).values_list("uid", flat=True))
    fresh = [one for one in heard if one.arrival.uid not in here_already]
    known = _known(folder, [one.arrival for one in fresh])
    ready = [one for one in fresh if one.arrival.uid not in known]
    here = [(one.arrival, known[one.arrival.uid]) for one in fresh if one.arrival.uid in known]
    with session.writing(lazily=low is not None):
        placed = [ingest.lay(folder, here)] if here else []
        placed += [ingest.place_many(folder, ready)] if ready else []
        left = sum(one.meaning.found is None for one in ready)
        Mailbox.objects.filter(pk=folder.mailbox_id).update(letters_left=F("letters_left") + left)
        move_down(folder, low)
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
    named = {ingest.identity_of(arrival): arrival for arrival in arrivals if arrival.identity or arrival.raw}
    here = Message.objects.filter(mailbox=folder.mailbox_id, identity__among=named) if named else ()
    messages = {bytes(one.identity): one for one in here}
    if not messages:
        return {}
    waits = Q(folder=folder) & (Q(uid=None) | ~Q(uidvalidity=folder.uidvalidity))
    moved = Placement.objects.filter(waits | Q(gone_at__isnull=False), message__among=[one.pk for one in messages.values()])
    travelled = set(moved.values_list("message_id", flat=True))
    found = ((named[identity], message) for identity, message in messages.items())
    return {arrival.uid: message for arrival, message in found if arrival.uid and (arrival.identity or message.pk in travelled)}


def _has_travelled(folder: Folder) -> bool:
    """Whether there may be a letter that `_known` recognises by its header."""
    gone = Placement.objects.filter(folder__mailbox=folder.mailbox_id, gone_at__isnull=False)
    return gone.exists() or Placement.objects.wait_in(folder, folder.uidvalidity)


def _lay(session: Session, folder: Folder, here: Sequence[tuple[Arrival, Message]]) -> None:
    with session.writing():
        placed = ingest.lay(folder, here)
    _tell(session, placed)


def _place(session: Session, folder: Folder, fresh: Sequence[Incoming], low: int | None) -> None:
    with ExitStack() as spools:
        for one in fresh:
            spools.callback(one.close)
        with session.writing(lazily=True):
            placed = ingest.place_many(folder, [one.ready for one in fresh])
            for one, placement in zip(fresh, placed.placements, strict=True):
                one.store_chunks(placement.message)
            move_down(folder, low)
    _tell(session, placed, importing=bool(low))


def move_down(folder: Folder, low: int | None) -> None:
    """The checkpoint of the import."""
    if low and low != folder.backfill_low_uid:
        folder.backfill_low_uid = low
        folder.save(update_fields=["backfill_low_uid"])


def _tell(session: Session, placed: Placed, *, importing: bool = False) -> None:
    """Of an import the lists and how far it is; nobody has its conversations open."""
    news = {("mailbox", session.mailbox.pk)} if importing else {("thread", one) for one in placed.threads}
    session.tell(*(("folder", one) for one in placed.folders), *news)
