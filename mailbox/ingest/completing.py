"""The rest of a letter comes that only was listed so far: what its bytes tell is written where its header stood."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import DatabaseError, transaction

from mailbox import index, threads
from mailbox.ingest.placing import bytes_here, facts, known_by, note_bounces, twin
from mailbox.models import Message, Raw, many
from mailbox.reading.arrival import IDENTITY
from mailbox.reading.meaning import NOTHING
from mailbox.reading.ready import Ready

logger = logging.getLogger(__name__)

Pair = tuple[Ready, Message]

OWN = ("raw", "entry", "chunks", "bounce")  # what a letter that turns out to be another one takes with it


def complete(mailbox_id: int, pairs: Sequence[Pair]) -> tuple[set[int], set[int]]:
    """Inside the caller's transaction: the folders and the conversations to tell of. A letter that the tables will not take
    is set aside as damaged, with its bytes."""
    threads.lock(mailbox_id)
    try:
        with transaction.atomic():
            return _complete(mailbox_id, pairs)
    except (DatabaseError, ValueError) as error:
        logger.warning("A letter among %d of mailbox %s is not taken (%s).", len(pairs), mailbox_id, type(error).__name__)
    done = [_complete_or_set_aside(mailbox_id, pair) for pair in pairs]
    return set().union(*(folders for folders, _ in done)), set().union(*(concerned for _, concerned in done))


def _complete_or_set_aside(mailbox_id: int, pair: Pair) -> tuple[set[int], set[int]]:
    try:
        with transaction.atomic():
            return _complete(mailbox_id, [pair])
    except (DatabaseError, ValueError) as error:
        logger.warning("Letter %s is set aside (%s).", pair[1].pk, type(error).__name__)
    return _complete(mailbox_id, [(replace(pair[0], meaning=NOTHING), pair[1])])


def _complete(mailbox_id: int, pairs: Sequence[Pair]) -> tuple[set[int], set[int]]:
    concerned = {message.thread_id for _, message in pairs}
    kept = list(_settled(mailbox_id, pairs, concerned))
    for ready, message in kept:
        for name, value in facts(ready).items():
            setattr(message, name, value)
        message.wanted_at = None
    rows = [message for _, message in kept]
    names = [*facts(kept[0][0]), "identity", "wanted_at"] if kept else []
    many.rewrite(rows, names)
    Raw.objects.filter(message__among=[message.pk for message in rows]).delete()
    many.copy_in(Raw, ["message", "data"], [(message.pk, ready.packed) for ready, message in kept])
    note_bounces(kept)
    index.rewrite([(message, ready.meaning.found) for ready, message in kept if ready.meaning.found])
    return threads.refresh(concerned), concerned


def _settled(mailbox_id: int, pairs: Sequence[Pair], concerned: set[int]) -> list[Pair]:
    """Now that the bytes can be compared: a letter that is here already becomes that one, any other has its own identity."""
    known = {bytes(message.identity): message for _, message in pairs}
    names = {identity for ready, _ in pairs for identity in (ready.identity, twin(ready))}
    known |= known_by(mailbox_id, list(names - known.keys()))
    bytes_of = {message.pk: bytes_here(message) for message in known.values()}
    kept = []
    for ready, message in pairs:
        message.identity = bytes(message.identity)
        same = _same(ready, message, known, bytes_of)
        if same and same.pk != message.pk:
            concerned.add(same.thread_id)
            _become(message, same)
            continue
        if not _is_named(message, ready) and message.identity != ready.identity:
            message.identity = twin(ready) if ready.identity in known else ready.identity
        known.setdefault(message.identity, message)
        bytes_of[message.pk] = ready.arrival.raw
        kept.append((ready, message))
    return kept


def _same(ready: Ready, message: Message, known: dict[bytes, Message], bytes_of: dict[int, bytes | None]) -> Message | None:
    """The Message whose bytes these are, if there is one; a server's own identity needs no looking."""
    if _is_named(message, ready) or not ready.arrival.whole:
        return None
    found = (known.get(identity) for identity in (ready.identity, twin(ready)))
    return next((one for one in found if one and one.pk != message.pk and bytes_of.get(one.pk) == ready.arrival.raw), None)


def _is_named(message: Message, ready: Ready) -> bool:
    """Whether the server itself gave it its identity: a full-length digest that is not that of the letter's facts."""
    return len(message.identity) == IDENTITY and message.identity != ready.identity


def _become(message: Message, same: Message) -> None:
    """Whatever points to the one points to the other from now on."""
    for relation in Message._meta.related_objects:
        if relation.name not in OWN:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: message})
            rows.update(**{relation.field.name: same})
    Message.objects.filter(pk=message.pk).delete()
