"""A letter that was read becomes a Message, joins its conversation and lies in a Folder."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import zstandard
from django.db import DatabaseError, transaction
from django.utils import timezone

from mailbox import index, threads
from mailbox.ingest.laying import Placed, lay
from mailbox.models import Bounce, Folder, Message, Raw, many
from mailbox.reading.arrival import Arrival
from mailbox.reading.meaning import NOTHING, within
from mailbox.reading.ready import Ready

logger = logging.getLogger(__name__)

READER_VERSION = 1  # of a letter that was read whole; 0: only its headers were


def place_many(folder: Folder, ready: Sequence[Ready]) -> Placed:
    """Put a window of letters into a folder, inside the caller's transaction; tells nobody.

    A letter that the tables will not take is set aside as damaged with its bytes, and the others lie where they should.
    """
    if not ready:
        return Placed([], set(), set())
    threads.lock(folder.mailbox_id)
    try:
        with transaction.atomic():
            return _place(folder, ready)
    except (DatabaseError, ValueError) as error:
        logger.warning("A letter among %d for folder %s is not taken (%s).", len(ready), folder.pk, type(error).__name__)
    placed = [_place_or_set_aside(folder, one) for one in ready]
    return Placed(
        [placement for one in placed for placement in one.placements],
        set().union(*(one.folders for one in placed)),
        set().union(*(one.threads for one in placed)),
    )


def _place(folder: Folder, ready: Sequence[Ready]) -> Placed:
    ready, known = _told_apart(folder, ready)
    fresh = {one.identity: one for one in ready if one.identity not in known}
    made, begun = _write(folder.mailbox_id, list(fresh.values()))
    known |= dict(zip(fresh, made, strict=True))
    return lay(folder, [(one.arrival, known[one.identity]) for one in ready], begun)


def _write(mailbox_id: int, fresh: Sequence[Ready]) -> tuple[list[Message], Mapping[int, str]]:
    """The rows that a letter has wherever it lies, of a window of letters that are new here, in order; and the conversations
    that begin with them."""
    homes = threads.join(mailbox_id, [one.meaning.kin for one in fresh])
    made = [_message(mailbox_id, one, home) for one, home in zip(fresh, homes, strict=True)]
    many.insert(made)
    many.copy_in(Raw, ["message", "data"], [(message.pk, one.packed) for message, one in zip(made, fresh, strict=True)])
    note_bounces(zip(fresh, made, strict=True))
    index.write((message, one.meaning.found) for message, one in zip(made, fresh, strict=True) if one.meaning.found)
    return made, homes.begun


def note_bounces(pairs: Iterable[tuple[Ready, Message]]) -> None:
    """The queue reads these rows, and ties each report to the letter that came back."""
    back = [Bounce(message=message) for one, message in pairs if one.meaning.is_bounce]
    Bounce.objects.bulk_create(back, ignore_conflicts=True)


def _place_or_set_aside(folder: Folder, ready: Ready) -> Placed:
    try:
        with transaction.atomic():
            return _place(folder, [ready])
    except (DatabaseError, ValueError) as error:
        logger.warning("UID %s of folder %s is set aside (%s).", ready.arrival.uid, folder.pk, type(error).__name__)
    return _place(folder, [replace(ready, meaning=NOTHING)])


def twin(ready: Ready) -> bytes:
    """The identity of a letter whose first identity belongs to other bytes."""
    return blake2b(ready.identity + blake2b(ready.arrival.raw).digest(), digest_size=25).digest()


def _stranger(folder: Folder, ready: Ready) -> bytes:
    """The identity, until its bytes are here, of a letter that has all its facts in common with another one."""
    place = b"%d %d %d" % (folder.pk, ready.arrival.uidvalidity, ready.arrival.uid or 0)
    return blake2b(ready.identity + place, digest_size=26).digest()


def _told_apart(folder: Folder, ready: Sequence[Ready]) -> tuple[list[Ready], dict[bytes, Message]]:
    """The letters with identities that no other bytes have, and the Messages that are here already, by identity."""
    known = known_by(folder.mailbox_id, [one.identity for one in ready])
    bytes_of = {identity: bytes_here(message) for identity, message in known.items()}
    apart, others = [], []
    for one in ready:
        if one.identity in bytes_of and _differs(one.arrival, bytes_of[one.identity]):
            one = replace(one, identity=_stranger(folder, one) if one.arrival.later else twin(one))
            others.append(one.identity)
        bytes_of.setdefault(one.identity, one.arrival.raw)
        apart.append(one)
    return apart, known | (known_by(folder.mailbox_id, others) if others else {})


def _differs(arrival: Arrival, first: bytes | None) -> bool:
    """Whether it is another letter than the first of that identity, as far as one can tell; a server's word is believed of
    letters whose bytes are not here."""
    if arrival.later or first is None:
        return (arrival.later or arrival.whole) and not arrival.identity
    return arrival.whole and first != arrival.raw


def known_by(mailbox_id: int, identities: Sequence[bytes]) -> dict[bytes, Message]:
    rows = Message.objects.filter(mailbox=mailbox_id, identity__among=identities).select_related("raw")
    return {bytes(message.identity): message for message in rows}


def bytes_here(message: Message) -> bytes | None:
    return None if message.remote else zstandard.decompress(message.raw.data)


def _message(mailbox_id: int, ready: Ready, thread: int) -> Message:
    return many.make(Message, mailbox_id=mailbox_id, thread_id=thread, identity=ready.identity, **facts(ready))


def facts(ready: Ready) -> dict[str, Any]:
    """The columns of a Message that come from the letter itself."""
    arrival = ready.arrival
    return ready.meaning.facts._asdict() | {
        "internal_date": within(arrival.internal_date) or timezone.now(),
        "size": arrival.size,
        "reader_version": READER_VERSION if arrival.whole else 0,
        "remote": arrival.later,
    }
