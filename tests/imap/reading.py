"""What the tests of the reader read with."""

from mailbox.imap.events import Event
from mailbox.imap.limits import LIMITS, Limits
from mailbox.imap.reader import Reader


def read(*chunks: bytes, limits: Limits = LIMITS) -> list[Event]:
    """What a reader makes of these octets, fed chunk by chunk."""
    reader = Reader(limits)
    events = []
    for chunk in chunks:
        reader.feed(chunk)
        while (event := reader.next_event()) is not None:
            events.append(event)
    return events


def read_one(line: bytes) -> Event:
    (event,) = read(line + b"\r\n")
    return event
