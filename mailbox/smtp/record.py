"""What was said and heard, and when: the sender may read it on the letter. Secrets are blanked before they come here."""

from collections.abc import Iterator
from itertools import islice
from time import monotonic

from mailbox.smtp.commands import Command
from mailbox.smtp.content import MailData
from mailbox.smtp.reply import Reply

MOST_LINES = 2000


Entry = tuple[Command, ...] | MailData | Reply | str  # what we said in one write, the letter, what the server said, a remark


class Record:
    """Written down as it happens, put into lines when somebody asks."""

    def __init__(self) -> None:
        self._start = monotonic()
        self._entries: list[tuple[float, Entry]] = []

    @property
    def lines(self) -> list[tuple[float, str, str]]:
        """(seconds since the start, "C" we, "S" the server or "!" a remark, text), ready to be stored."""
        entries = ((round(moment - self._start, 3), entry) for moment, entry in self._entries)
        return list(islice((line for moment, entry in entries for line in _lines(moment, entry)), MOST_LINES))

    def add(self, entry: Entry) -> None:
        self._entries.append((monotonic(), entry))


def _lines(moment: float, entry: Entry) -> Iterator[tuple[float, str, str]]:
    if isinstance(entry, Reply):
        yield from ((moment, "S", line) for line in str(entry).split("\n"))
    elif isinstance(entry, MailData):
        yield moment, "!", f"The letter, {entry.size:,} octets."
    elif isinstance(entry, str):
        yield moment, "!", entry
    else:
        yield from ((moment, "C", command.shown) for command in entry if command.shown)
