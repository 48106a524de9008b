"""Letters are made ready for the tables, one by one. Pure."""

from dataclasses import dataclass, field, replace

from mailbox.reading.arrival import Arrival, identity_of, pack
from mailbox.reading.meaning import NOTHING, Meaning, meaning_of, read

UNFETCHED = "The mail server breaks the line when this letter is fetched; it is still there."

Read = tuple[bytes, Meaning, bytes]  # what a Ready has beside its Arrival


@dataclass(frozen=True, slots=True)
class Ready:
    """An Arrival, read and compressed: all the work that needs no table and is done before the transaction."""

    arrival: Arrival
    identity: bytes
    meaning: Meaning
    packed: bytes = field(repr=False)


def prepare(arrival: Arrival, *, findable: bool = True) -> Ready:
    """Read and compress one letter. It needs no table: call it outside the transaction."""
    return Ready(arrival, *work(arrival, findable=findable))


def work(arrival: Arrival, *, findable: bool) -> Read:
    letter = read(arrival.raw, whole=arrival.whole)
    return identity_of(arrival), meaning_of(letter, later=arrival.later, found=findable), pack(arrival.raw)


def set_aside(arrival: Arrival) -> Ready:
    """A letter whose bytes could not be fetched: what is known of it, marked as damaged."""
    letter = replace(read(arrival.raw, whole=arrival.whole), damage=(UNFETCHED,))
    return Ready(arrival, identity_of(arrival), meaning_of(letter), pack(arrival.raw))


def unread(arrival: Arrival) -> Ready:
    """A letter that nobody can read: its bytes, and nothing of what they say."""
    return Ready(arrival, identity_of(arrival), NOTHING, pack(arrival.raw))
