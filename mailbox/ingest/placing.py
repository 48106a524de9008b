"""A letter that was read becomes a Message, joins its conversation and lies in a Folder."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

import zstandard
from django.db import DatabaseError, transaction
from django.utils import timezone

from mailbox import index, threads
from mailbox.ingest.arrival import UNREADABLE, Ready
from mailbox.ingest.laying import Placed, lay
from mailbox.mime.bounces import is_bounce
from mailbox.mime.letter import Address, Letter
from mailbox.models import Bounce, Folder, Message, Raw, many

logger = logging.getLogger(__name__)

READER_VERSION = 1  # of a letter that was read whole; 0: only its headers were
ADDRESSEES = 5  # kept for the list pages
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def place_many(folder: Folder, ready: Sequence[Ready]) -> Placed:
    """Put a window of letters into a folder, inside the caller's transaction; tells nobody.

    A letter that the tables will not take is set aside as damaged with its bytes, and the others lie where they should.
    """
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
    ready, known = _told_apart(folder.mailbox_id, ready)
    fresh = {one.identity: one for one in ready if one.identity not in known}
    made = _write(folder.mailbox_id, list(fresh.values()))
    known |= dict(zip(fresh, made, strict=True))
    return lay(folder, [(one.arrival, known[one.identity]) for one in ready])


def _write(mailbox_id: int, fresh: Sequence[Ready]) -> list[Message]:
    """The rows that a letter has wherever it lies, of a window of letters that are new here, in order."""
    homes = threads.join(mailbox_id, [one.letter for one in fresh])
    made = [_message(mailbox_id, one, home) for one, home in zip(fresh, homes, strict=True)]
    many.insert(made)
    many.insert([Raw(message=message, data=one.packed) for message, one in zip(made, fresh, strict=True)])
    back = [Bounce(message=message) for message, one in zip(made, fresh, strict=True) if is_bounce(one.letter)]
    Bounce.objects.bulk_create(back)
    index.write((message, one.found) for message, one in zip(made, fresh, strict=True))
    return made


def _place_or_set_aside(folder: Folder, ready: Ready) -> Placed:
    try:
        with transaction.atomic():
            return _place(folder, [ready])
    except (DatabaseError, ValueError) as error:
        logger.warning("UID %s of folder %s is set aside (%s).", ready.arrival.uid, folder.pk, type(error).__name__)
    nothing = Letter(damage=(UNREADABLE,))
    return _place(folder, [replace(ready, letter=nothing, preview="", found=index.findable(nothing))])


def _twin(ready: Ready) -> bytes:
    """The identity of a letter whose first identity belongs to other bytes."""
    return blake2b(ready.identity + blake2b(ready.arrival.raw).digest(), digest_size=25).digest()


def _told_apart(mailbox_id: int, ready: Sequence[Ready]) -> tuple[list[Ready], dict[bytes, Message]]:
    """The letters with identities that no other bytes have, and the Messages that are here already, by identity."""
    known = _known(mailbox_id, [one.identity for one in ready])
    bytes_of = {identity: zstandard.decompress(message.raw.data) for identity, message in known.items()}
    apart, twins = [], []
    for one in ready:
        if bytes_of.setdefault(one.identity, one.arrival.raw) != one.arrival.raw and one.arrival.whole:
            one = replace(one, identity=_twin(one))
            twins.append(one.identity)
        apart.append(one)
    return apart, known | (_known(mailbox_id, twins) if twins else {})


def _known(mailbox_id: int, identities: Sequence[bytes]) -> dict[bytes, Message]:
    rows = Message.objects.filter(mailbox=mailbox_id, identity__among=identities).select_related("raw")
    return {bytes(message.identity): message for message in rows}


def _message(mailbox_id: int, ready: Ready, thread: int) -> Message:
    letter, arrival = ready.letter, ready.arrival
    sender = letter.senders[0] if letter.senders else Address("", "")
    addressees = [[_clean(one.name, 200), _clean(one.address, 320)] for one in (*letter.to, *letter.cc)[:ADDRESSEES]]
    return Message(
        mailbox_id=mailbox_id,
        thread_id=thread,
        identity=ready.identity,
        message_id=_clean(letter.message_id, 1000),  # an index row of PostgreSQL holds 2,700 bytes
        subject=_clean(letter.subject, 2000),
        from_name=_clean(sender.name, 200),
        from_address=_clean(sender.address, 320),
        to_preview=", ".join(name or address for name, address in addressees),
        addressees=addressees,
        sent_at=_within(letter.date),
        internal_date=_within(arrival.internal_date) or timezone.now(),
        size=arrival.size,
        snippet=_clean(ready.preview, 800),
        has_attachments=bool(letter.attachments),
        damaged=bool(letter.damage),
        reader_version=READER_VERSION if arrival.whole else 0,
    )


def _clean(text: str, limit: int) -> str:
    """Text that PostgreSQL takes: no NUL, no lone surrogate, at most `limit` bytes."""
    return text.replace("\0", "\ufffd").encode(errors="replace")[:limit].decode(errors="ignore")


def _within(moment: datetime | None) -> datetime | None:
    """A time that every reader of the table can hold, or None: a Date header may name the year 1 or 9999."""
    try:
        return moment if moment and EARLIEST <= moment <= LATEST else None
    except OverflowError:
        return None
