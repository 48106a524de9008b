"""The bytes of letters that are only listed so far: what somebody waits for first, then the newest, small before large."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime

import zstandard
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from mailbox import bell, ingest
from mailbox.imap.errors import CommandRefused
from mailbox.ingest import Arrival
from mailbox.models import Folder, Mailbox, Message, Placement
from mailbox.sync import bodies, errands, memory, plan, push
from mailbox.sync.bodies import Incoming
from mailbox.sync.session import Session

SMALL = 256 << 10  # octets; larger letters wait until every small one is here
WINDOW = 500  # letters looked for together
BATCH = 250  # letters that are written in one transaction

Letters = dict[int, tuple[int, Arrival]]  # by UID: the id of the Message, and what is known of it


def want(message: Message) -> None:
    """A person has opened it: a worker fetches the rest, and the open page hears of it."""
    if Message.objects.filter(pk=message.pk, remote=True, wanted_at=None).update(wanted_at=timezone.now()):
        bell.ring("mirror.fetch", message.mailbox_id)


def is_left(mailbox: Mailbox) -> bool:
    """Whether a letter that is to be here whole is not."""
    return _due(mailbox).exists()


def is_awaited(session: Session) -> bool:
    """Whether a person waits for this Mailbox's line."""
    return bool(errands.ask(session.mailbox.pk) & {"wanted", "changes"})


def attend(session: Session) -> bool:
    """Do first what people wait for; whether there was anything, and another folder may be open now."""
    waits = errands.ask(session.mailbox.pk)
    wanted = "wanted" in waits and _fetch_wanted(session)
    return ((wanted or "changes" in waits) and push.push(session)) or wanted  # a letter that was long in coming: look again


def _fetch_wanted(session: Session) -> bool:
    """One that the server does not give now is not waited for any longer."""
    letters = Message.objects.filter(mailbox=session.mailbox, wanted_at__isnull=False)
    ids = list(letters.order_by("-wanted_at").values_list("pk", flat=True)[:WINDOW])
    _fill(session, Message.objects.filter(pk__in=ids), news=True)
    Message.objects.filter(pk__in=ids).update(wanted_at=None)
    session.tell(now=True)
    return True


def fill(session: Session, *, folder: Folder | None = None) -> None:
    """Of one folder or of all, as long as the pass may last; at least a window, however short the time."""
    left = _due(session.mailbox).count()
    Mailbox.objects.filter(pk=session.mailbox.pk).exclude(letters_left=left).update(letters_left=left)
    if not left:
        return
    memory.settle()
    vain: set[int] = set()  # the server does not give these now
    for sizes in (Q(size__lt=SMALL), Q(size__gte=SMALL)):
        letters = _due(session.mailbox).filter(sizes)
        if folder:
            letters = letters.filter(placements__folder=folder, placements__uid__isnull=False)
        while found := list(letters.exclude(pk__in=vain).order_by("-internal_date").values_list("pk", flat=True)[:WINDOW]):
            vain |= _fill(session, Message.objects.filter(pk__in=found))
            if session.is_over:
                return


def _due(mailbox: Mailbox) -> QuerySet[Message]:
    letters = Message.objects.filter(Exists(_held(message=OuterRef("pk"))), mailbox=mailbox, remote=True)
    return letters.filter(internal_date__gte=mailbox.horizon) if mailbox.horizon else letters


def _held(**of: object) -> QuerySet[Placement]:
    return Placement.objects.filter(uid__isnull=False, uidvalidity=F("folder__uidvalidity"), **of)


def _fill(session: Session, letters: QuerySet[Message], *, news: bool = False) -> set[int]:
    """The ids of those that did not come."""
    left = set(letters.values_list("pk", flat=True))
    for folder, some in _where(session.mailbox, letters):
        try:
            if session.select(folder).uidvalidity == folder.uidvalidity:
                left -= _fill_from(session, folder, some, news=news)
        except CommandRefused:
            continue
        if session.is_over and not news:
            return set()
    return left


def _where(mailbox: Mailbox, letters: QuerySet[Message]) -> Iterator[tuple[Folder, Letters]]:
    """Each letter once, in a folder that has it under a UID."""
    rows = Folder.objects.filter(mailbox=mailbox).in_bulk()
    places = _held(message__in=letters)
    folders: dict[int, Letters] = defaultdict(dict)
    seen: set[int] = set()
    names = ("folder", "message", "uid", "uidvalidity", "message__internal_date", "message__size", "message__raw__data")
    for folder, message, uid, *facts in places.order_by("-sort_at").values_list(*names):
        if uid and message not in seen:
            seen.add(message)
            folders[folder][uid] = message, _arrival(uid, *facts)
    yield from ((rows[folder], some) for folder, some in folders.items() if folder in rows)


def _fill_from(session: Session, folder: Folder, letters: Letters, *, news: bool) -> set[int]:
    """From the open folder; the ids of the letters that came."""
    came: set[int] = set()
    for batch, fresh in in_turn(session, folder, [arrival for _, arrival in letters.values()], news=news):
        came |= _write(session, fresh, {uid: letters[uid][0] for uid in batch}, news=news)
    return came


def in_turn(
    session: Session,
    folder: Folder,
    arrivals: Iterable[Arrival],
    *,
    news: bool = False,
    most: int | None = None,
    first: Callable[[], None] | None = None,
) -> Iterator[tuple[list[int], list[Incoming]]]:
    """The UIDs of a batch of the open folder's letters, and those that came with their bytes; one batch at least, and others
    as long as the pass may last, or all of `news`. The next batch is asked for as soon as this one has come, before it is read
    and written; the first one before `first` is done."""
    of = {arrival.uid or 0: arrival for arrival in arrivals}
    batches = plan.batches([(uid, arrival.size) for uid, arrival in of.items()], most or BATCH, bodies.SLICE)
    batch = next(batches, None)
    said = bodies.ask(session, [of[uid] for uid in batch]) if batch and first else None
    if first:
        first()
    while batch:
        coming = bodies.fetch(session, folder, [of[uid] for uid in batch], said)
        following = next(batches, None) if news or not session.is_over else None
        ahead = following and (news or not is_awaited(session))
        said = bodies.ask(session, [of[uid] for uid in following or ()]) if ahead else None
        yield batch, list(bodies.made(session, coming))
        memory.give_back()
        if said is None and not news and attend(session):
            session.select(folder)
        batch = following


def _arrival(uid: int, uidvalidity: int, internal_date: datetime, size: int, packed: bytes) -> Arrival:
    """What is known of a letter; its header stands where its bytes will."""
    return Arrival(zstandard.decompress(packed), uid, uidvalidity, 0, internal_date, size, whole=False)


def _write(session: Session, fresh: Sequence[Incoming], ids: dict[int, int], *, news: bool) -> set[int]:
    """The Messages are read anew: they may have been joined to another conversation since."""
    with ExitStack() as spools:
        for one in fresh:
            spools.callback(one.close)
        with session.writing():
            rows = Message.objects.filter(pk__in=ids.values(), remote=True).in_bulk()
            known = [(one, rows.get(ids[one.ready.arrival.uid or 0])) for one in fresh]
            pairs = [(one.ready, message) for one, message in known if message]
            folders, concerned = ingest.complete(session.mailbox.pk, pairs) if pairs else (set[int](), set[int]())
            left = Greatest(F("letters_left") - len(pairs), 0)
            Mailbox.objects.filter(pk=session.mailbox.pk).update(letters_left=left)
            for one, message in known:
                if message and one.spool:
                    one.store_chunks(message)
    session.tell(("mailbox", session.mailbox.pk), *(("folder", one) for one in folders))
    session.tell(*(("thread", one) for one in concerned if news))
    return {ids[one.ready.arrival.uid or 0] for one in fresh}
