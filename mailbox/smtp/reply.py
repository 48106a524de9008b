"""What the server says: bytes become Replies, within limits."""

import re
from dataclasses import dataclass

from mailbox.wire import TryLater

# RFC 5321 section 4.2.1:  *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
# Section 4.5.3.1.5 allows 512 octets a line; refusals with addresses and links in them are known to be longer.
MOST_OCTETS = 2048
MOST_LINES = 256

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")  # RFC 2034, RFC 3463


class Botched(TryLater):
    """What came is no SMTP reply; nothing that follows on this line can be trusted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `lines` without their codes, with nothing in them that cannot be printed or stored."""

    code: int
    lines: tuple[str, ...] = ("",)

    @property
    def kind(self) -> int:
        return self.code // 100

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def enhanced(self) -> str:
        """The enhanced status code ("5.1.1"), or "" if there is none or it contradicts the code."""
        found = _ENHANCED.match(self.lines[0])
        return found[0] if found and found[1] == str(self.kind) else ""

    def __str__(self) -> str:
        """As it stood on the wire, without the line ends' CR."""
        last = len(self.lines) - 1
        return "\n".join(f"{self.code}{'-' if number < last else ' '}{line}" for number, line in enumerate(self.lines))


class ReplyReader:
    """Bytes in by `feed`, Replies out by `take`. A multi-line reply whose codes differ has the code of its last line."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self._lines: list[str] = []

    def feed(self, data: bytes) -> None:
        self._unread += data

    def take(self) -> Reply | None:
        """The next whole Reply, or None: more bytes are needed. Raises Botched."""
        while (end := self._unread.find(b"\n")) >= 0:
            line = bytes(self._unread[:end])
            del self._unread[: end + 1]
            if reply := self._add(line.removesuffix(b"\r")):
                return reply
        if len(self._unread) > MOST_OCTETS:
            raise Botched("The server sent a line without end.")
        return None

    def drop(self) -> bool:
        """Forget what is unread; whether there was anything (injected before TLS, RFC 3207 section 4.2)."""
        found = bool(self._unread or self._lines)
        self._unread.clear()
        self._lines.clear()
        return found

    def _add(self, line: bytes) -> Reply | None:
        found = _LINE.fullmatch(line)
        if not found or len(line) > MOST_OCTETS:
            raise Botched("The server answered with something that is not SMTP.")
        self._lines.append(_printable(found[3] or b""))
        if found[2] == b"-":
            if len(self._lines) >= MOST_LINES:
                raise Botched("The server sent a reply without end.")
            return None
        reply = Reply(int(found[1]), tuple(self._lines))
        self._lines.clear()
        return reply


def _printable(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
