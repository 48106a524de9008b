"""What the server says: bytes become Replies, within limits."""

import re
from typing import NamedTuple

from mailbox.wire import TryLater

# RFC 5321 section 4.2.1:  *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
# Section 4.5.3.1.5 allows 512 octets a line; refusals with addresses and links in them are known to be longer.
MOST_OCTETS = 2048
MOST_LINES = 256

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?\r?\n")
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")  # RFC 2034, RFC 3463


class Botched(TryLater):
    """What came is no SMTP reply; nothing that follows on this line can be trusted."""


class Reply(NamedTuple):
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
        *first, last = self.lines
        return "".join(f"{self.code}-{line}\n" for line in first) + f"{self.code} {last}"


class ReplyReader:
    """Bytes in by `feed`, Replies out by `take`. A multi-line reply whose codes differ has the code of its last line."""

    def __init__(self) -> None:
        self._bytes = b""
        self._read = 0  # octets of them
        self._lines: list[str] = []

    def feed(self, data: bytes) -> None:
        self._bytes = self._bytes[self._read :] + data
        self._read = 0

    def take(self) -> Reply | None:
        """The next whole Reply, or None: more bytes are needed. Raises Botched."""
        while found := _LINE.match(self._bytes, self._read):
            self._read = found.end()
            if reply := self._add(found):
                return reply
        if self._read == len(self._bytes):
            return None
        if self._bytes.find(b"\n", self._read) >= 0:
            raise Botched("The server answered with something that is not SMTP.")
        if len(self._bytes) - self._read > MOST_OCTETS:
            raise Botched("The server sent a line without end.")
        return None

    @property
    def has_unread(self) -> bool:
        return self._read < len(self._bytes) or bool(self._lines)

    def drop(self) -> bool:
        """Forget what is unread; whether there was anything (injected before TLS, RFC 3207 section 4.2)."""
        unread = self.has_unread
        self._bytes, self._read, self._lines = b"", 0, []
        return unread

    def _add(self, line: re.Match[bytes]) -> Reply | None:
        code, separator, text = line.groups(b"")
        if len(text) > MOST_OCTETS:
            raise Botched("The server sent a line without end.")
        self._lines.append(_printable(text))
        if separator == b"-":
            if len(self._lines) >= MOST_LINES:
                raise Botched("The server sent a reply without end.")
            return None
        reply = Reply(int(code), tuple(self._lines))
        self._lines = []
        return reply


def _printable(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
