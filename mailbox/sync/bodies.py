"""The bytes of letters: small ones together, larger ones in slices, and one that breaks the line is set aside."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from typing import IO

import zstandard
from django.conf import settings

from mailbox import ingest
from mailbox.imap.errors import Busy, Gone
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.ingest import Arrival, Ready
from mailbox.models import Folder, Message, RawChunk
from mailbox.reading.apart import Asked, Making, prepare_many
from mailbox.sync.session import Session
from mailbox.wire import TryLater

logger = logging.getLogger(__name__)

SLICE = 4 << 20  # octets of one fetch
LONGEST = 2 << 30  # of one letter; what comes after that is left on the server
HEADER_MAX = 256 << 10
HEADER = Items(flags=False, header=())
BODIES = Items(flags=False, body=True, body_max=SLICE)


@dataclass
class Spool:
    """The slices of a long letter on disk, each compressed, so that none is ever whole in memory."""

    file: IO[bytes] = field(default_factory=TemporaryFile)
    lengths: list[int] = field(default_factory=list)
    octets: int = 0

    def add(self, data: bytes) -> None:
        self.lengths.append(self.file.write(ingest.pack(data)))
        self.octets += len(data)

    def packed(self) -> Iterator[bytes]:
        self.file.seek(0)
        for length in self.lengths:
            yield self.file.read(length)


@dataclass
class Incoming:
    """A letter to be written; `spool` has the bytes of one beyond LETTER_MAX."""

    ready: Ready
    spool: Spool | None = None

    def close(self) -> None:
        if self.spool:
            self.spool.file.close()

    def store_chunks(self, message: Message) -> None:
        for number, data in enumerate(self.spool.packed() if self.spool else ()):
            RawChunk.objects.bulk_create([RawChunk(message=message, number=number, data=data)], ignore_conflicts=True)


@dataclass
class Heard:
    """What came of those asked for, which is being made ready, and those that are longer than the server had said."""

    making: list[Making] = field(default_factory=list)
    came: set[int] = field(default_factory=set)
    longer: list[int] = field(default_factory=list)


Coming = Making | Incoming  # some letters that are being made ready, or one that is


def ask(session: Session, arrivals: Sequence[Arrival]) -> Future[Heard]:
    """The question goes out now, and the answer is read in a thread of its own: so the server and the reader work while we
    write. No other word on this line before `fetch` has taken what was heard."""
    wanted = {arrival.uid: arrival for arrival in arrivals if arrival.uid and arrival.size < SLICE}
    said = ahead(session, UidSet.of(wanted), BODIES) if wanted else iter(())
    return session.reader.submit(_hear, said, wanted)


def _hear(said: Iterator[Fetched], wanted: Mapping[int, Arrival]) -> Heard:
    """It touches no table."""
    heard = Heard()
    heard.making = prepare_many(_whole(said, wanted, heard), len(wanted))
    return heard


def _whole(said: Iterator[Fetched], wanted: Mapping[int, Arrival], heard: Heard) -> Iterator[Asked]:
    for one in said:
        if one.body is not None and len(one.body) < SLICE:
            heard.came.add(one.uid)
            yield replace(wanted[one.uid], raw=one.body, whole=True), True
        else:  # RFC822.SIZE was wrong
            heard.longer.append(one.uid)


def made(session: Session, coming: Iterable[Coming]) -> Iterator[Incoming]:
    """Once they are ready. The line is free for other words meanwhile."""
    for one in coming:
        if isinstance(one, Incoming):
            yield one
        else:
            ready = session.wait_for(one)
            yield from map(Incoming, ready)


def ahead(session: Session, uids: UidSet, items: Items) -> Iterator[Fetched]:
    """A line that broke says so when the answer is heard, and what came before is written first."""
    try:
        return session.client.fetch(uids, items)
    except TryLater as error:
        return _broken(error)


def _broken(error: TryLater) -> Iterator[Fetched]:
    raise error
    yield


def fetch(session: Session, folder: Folder, arrivals: Sequence[Arrival], said: Future[Heard] | None = None) -> list[Coming]:
    """`arrivals` come with the facts of letters of the selected folder and go with their bytes; a letter that the server no
    longer has is missing. One over which the line breaks twice, alone, is set aside with its facts only."""
    try:
        return list(_fetch(session, arrivals, said))
    except Busy:
        raise
    except TryLater:
        session.again(folder)
    if len(arrivals) > 1:
        middle = len(arrivals) // 2
        return fetch(session, folder, arrivals[:middle]) + fetch(session, folder, arrivals[middle:])
    try:
        return list(_fetch(session, arrivals))
    except TryLater as error:
        session.again(folder, poison=True)
        logger.warning("UID %s of folder %s is set aside: %s", arrivals[0].uid, folder.pk, error)
        return [Incoming(ingest.set_aside(_with_header(session, arrivals[0])))]


def _with_header(session: Session, arrival: Arrival) -> Arrival:
    if arrival.raw or not arrival.uid:
        return arrival
    found = session.client.fetch([arrival.uid], HEADER)
    return replace(arrival, raw=next((one.header for one in found if one.header), b""))


def _fetch(session: Session, arrivals: Sequence[Arrival], said: Future[Heard] | None = None) -> Iterator[Coming]:
    wanted = {arrival.uid: arrival for arrival in arrivals if arrival.uid}
    heard = session.wait_for(said or ask(session, arrivals))
    yield from heard.making
    longer, told = heard.longer, {*heard.came, *heard.longer}
    # Some servers leave the bytes out of an answer now and then; of a letter that is gone the second one is empty too.
    if silent := [one for one in arrivals if one.size < SLICE and one.uid not in told]:
        heard = session.wait_for(ask(session, silent))
        yield from heard.making
        longer = [*longer, *heard.longer]
    for uid in [*(uid for uid, arrival in wanted.items() if arrival.size >= SLICE), *longer]:
        try:
            yield _in_slices(session, wanted[uid])
        except Gone:
            continue


def _in_slices(session: Session, arrival: Arrival) -> Incoming:
    spool = Spool()
    data = first = session.client.fetch_slice(arrival.uid or 0, 0, SLICE)
    while data:
        spool.add(data)
        session.renew()
        more = len(data) == SLICE and spool.octets < LONGEST
        data = session.client.fetch_slice(arrival.uid or 0, spool.octets, SLICE) if more else b""
    return gathered(arrival, spool, first)


def gathered(arrival: Arrival, spool: Spool, first: bytes) -> Incoming:
    """The letter whose slices the spool has, `first` the first of them. Beyond LETTER_MAX only its header is read."""
    if spool.octets > settings.LETTER_MAX:
        return Incoming(ingest.prepare(replace(arrival, raw=header_of(first))), spool)
    with spool.file:
        raw = b"".join(zstandard.decompress(data) for data in spool.packed())
    return Incoming(ingest.prepare(replace(arrival, raw=raw, whole=True)))


def header_of(first: bytes) -> bytes:
    end = min((place for mark in (b"\r\n\r\n", b"\n\n") if (place := first.find(mark)) >= 0), default=len(first))
    return first[: min(end, HEADER_MAX)] + b"\r\n\r\n"
