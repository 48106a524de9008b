"""What was said and heard, and when: the sender may read it on the letter. Secrets are blanked before they come here."""

from time import monotonic

from mailbox.smtp.commands import Command
from mailbox.smtp.reply import Reply

MOST_LINES = 2000


class Record:
    """`lines`: [seconds since the start, "C" (we), "S" (the server) or "!" (a remark), text], ready to be stored."""

    def __init__(self) -> None:
        self._start = monotonic()
        self.lines: list[tuple[float, str, str]] = []

    def said(self, command: Command) -> None:
        if command.shown:
            self._add("C", command.shown)

    def heard(self, reply: Reply) -> None:
        for line in str(reply).split("\n"):
            self._add("S", line)

    def note(self, text: str) -> None:
        self._add("!", text)

    def _add(self, who: str, text: str) -> None:
        if len(self.lines) < MOST_LINES:
            self.lines.append((round(monotonic() - self._start, 3), who, text))
