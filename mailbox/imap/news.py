"""What a server tells uninvited, with whichever command it comes: kept until the mirror takes it, nothing lost."""

from collections import deque
from dataclasses import replace

from mailbox.imap.errors import TooMuchNews
from mailbox.imap.events import Event, Exists, Expunged, Fetched, Status, Vanished


class News:
    """`exists` follows the number of letters in the selected folder from one untagged response to the next."""

    def __init__(self, most: int) -> None:
        self.exists = 0
        self._most, self._weight = most, 0
        self._events: deque[Event] = deque()

    def keep(self, event: Event) -> None:
        """Raises TooMuchNews when nobody could want to hear so much."""
        if isinstance(event, Status):
            if event.code == "CLOSED":  # RFC 7162 section 3.2.11: what follows is about the next folder
                self.clear()
        elif isinstance(event, Exists):
            self._count(event)
        elif isinstance(event, Expunged):
            self._lose(event, 1)
        elif isinstance(event, Vanished):
            self._lose(event, 0 if event.earlier else len(event.uids))
        elif isinstance(event, Fetched):
            self._add(replace(event, header=None, body=None) if event.header or event.body else event)

    def take(self) -> tuple[Event, ...]:
        events = tuple(self._events)
        self.clear()
        return events

    def clear(self) -> None:
        self._events.clear()
        self._weight = 0

    def _count(self, event: Exists) -> None:
        self.exists = event.count
        if self._events and isinstance(self._events[-1], Exists):
            self._events[-1] = event
        else:
            self._add(event)

    def _lose(self, event: Event, count: int) -> None:
        self.exists = max(self.exists - count, 0)
        self._add(event)

    def _add(self, event: Event) -> None:
        self._weight += _weight(event)
        if self._weight > self._most:
            raise TooMuchNews("more news than anybody asked for")
        self._events.append(event)


def _weight(event: Event) -> int:
    """About how many ordinary events take as much memory."""
    if isinstance(event, Vanished):
        return 1 + event.uids.pieces // 20
    words = (*event.keywords, *(event.labels or ())) if isinstance(event, Fetched) else ()
    return 1 + sum(map(len, words)) // 100
