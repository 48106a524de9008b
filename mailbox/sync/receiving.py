"""One letter comes out of a maildrop, in pieces however long it is; one that breaks the line is set aside."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import chain

from django.utils import timezone

from mailbox import ingest
from mailbox.ingest import Arrival
from mailbox.mime.dates import read_date
from mailbox.mime.read import read_headers
from mailbox.pop3.client import Entry
from mailbox.pop3.errors import CommandRefused
from mailbox.sync.bodies import LONGEST, SLICE, Incoming, Spool, gathered, header_of
from mailbox.sync.maildrop import Maildrop
from mailbox.wire import Busy, TryLater

logger = logging.getLogger(__name__)

BREAKS = 2  # times that one letter may break the line


class LineBroke(Exception):
    """Within a letter. On a new line everything is as it was after the last commit."""


@dataclass(frozen=True, slots=True)
class Received:
    """`identity` is that of the bytes, whatever the server calls the letter."""

    key: bytes
    identity: bytes
    incoming: Incoming
    whole: bool = True


def receive(drop: Maildrop, key: bytes, entry: Entry) -> Received | None:
    """None: the server does not give it now. Raises LineBroke, Busy, LeaseLost."""
    try:
        if drop.breakers[key] >= BREAKS or entry.size > LONGEST:
            return _set_aside(drop, key, entry)
        return _receive(drop, key, entry)
    except CommandRefused as error:
        logger.warning("A letter of mailbox %s is not given: %s", drop.mailbox.pk, error)
        return None
    except Busy:
        raise
    except TryLater as error:
        drop.breakers[key] += 1
        raise LineBroke from error


def _receive(drop: Maildrop, key: bytes, entry: Entry) -> Received:
    digest = blake2b(digest_size=24, person=b"letter")
    slices = _slices(drop, entry, digest)
    first, second = next(slices, b""), next(slices, b"")
    if not second:
        arrival = _arrival(first, digest.digest(), len(first))
        return Received(key, ingest.identity_of(arrival), Incoming(ingest.prepare(replace(arrival, whole=True))))
    spool = Spool()
    try:
        for data in chain((first, second), slices):
            spool.add(data)
    except BaseException:
        spool.file.close()
        raise
    arrival = _arrival(first, digest.digest(), spool.octets)
    return Received(key, ingest.identity_of(arrival), gathered(arrival, spool, first))


def _slices(drop: Maildrop, entry: Entry, digest: blake2b) -> Iterator[bytes]:
    """The letter, some megabytes at a time."""
    data = bytearray()
    for piece in drop.client.letter(entry.number):
        digest.update(piece)
        data += piece
        if len(data) >= SLICE:
            yield bytes(data)
            data.clear()
            drop.renew()
    if data:
        yield bytes(data)


def _set_aside(drop: Maildrop, key: bytes, entry: Entry) -> Received:
    """Its header at least, if the server shows that; the letter stays where it is."""
    try:
        header = drop.client.header(entry.number)
    except CommandRefused:
        header = b"\r\n"
    logger.warning("A letter of mailbox %s breaks the line and is set aside.", drop.mailbox.pk)
    arrival = _arrival(header, key, entry.size)
    return Received(key, ingest.identity_of(arrival), Incoming(ingest.set_aside(arrival)), whole=False)


def _arrival(first: bytes, digest: bytes, size: int) -> Arrival:
    """No UID and no flags: this server knows neither."""
    return Arrival(first, None, 0, 0, _arrived(first), size, identity=b"maildrop " + digest, whole=False)


def _arrived(first: bytes) -> datetime:
    """When the person's own server took it, which is what the first Received says (RFC 5321 section 4.4); else its Date."""
    now = timezone.now()
    letter = read_headers(header_of(first))
    traces = (value.rpartition(";")[2] for name, value in letter.fields if name.lower() == "received")
    return min(read_date(next(traces, "")) or letter.date or now, now)
