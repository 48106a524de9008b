"""Octets from the line are cut into responses here, by their line ends and literals; nothing is understood yet."""

import re

from mailbox.imap.errors import Malformed
from mailbox.imap.limits import Limits

# RFC 9051 section 4.3: a line that ends in {n} goes on, after CRLF, with n octets and then with more of the line.
_LITERAL = re.compile(rb"\{(\d+)\+?\}$")
# The text of these ends in whatever a person at the server wrote (section 7.1): it announces no literal.
_PROSE = re.compile(rb"\+|\S+ (?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)
_NUMBERS = re.compile(rb"\* (?:E?SEARCH|VANISHED)\b", re.IGNORECASE)


class Lexer:
    """feed() it octets, then call next_response() until it gives None. After Malformed it is of no more use."""

    __slots__ = ("_at", "_data", "_held", "_limits", "_missing", "_pieces", "_size")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._data, self._at = b"", 0  # what was fed last, and how much of it is used
        self._held = bytearray()  # the beginning of an unfinished line or literal
        self._missing = -1  # octets until the literal is complete; -1 outside of literals
        self._pieces: list[bytes] = []  # text and literals of the response by turns
        self._size = 0

    def feed(self, data: bytes) -> None:
        self._data = self._data[self._at :] + data
        self._at = 0

    def next_response(self) -> list[bytes] | None:
        """Text, literal, text, literal, ..., text; the texts without their line ends. None: feed more."""
        while self._missing < 0 or self._literal():
            line = self._line()
            if line is None:
                return None
            self._pieces.append(line)
            if not line.endswith(b"}") or not self._announces(line):
                pieces, self._pieces, self._size = self._pieces, [], 0
                return pieces
        return None

    def _line(self) -> bytes | None:
        end = self._data.find(b"\n", self._at)
        if end < 0:
            self._hold()
            self._check_line(self._held)
            return None
        line = self._take(end + 1)
        if len(line) > self._limits.line:
            self._check_line(line)
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    def _check_line(self, line: bytes | bytearray) -> None:
        if len(line) <= self._limits.line:
            return
        if self._pieces or len(line) > self._limits.numbers or not _NUMBERS.match(line):
            raise Malformed(f"a line of more than {self._limits.line} octets")

    def _announces(self, line: bytes) -> bool:
        """Whether the response goes on with a literal after this line; if so, it is expected from now on."""
        found = _LITERAL.search(line)
        if not found or (len(self._pieces) == 1 and _PROSE.match(line)):
            return False
        digits = found[1]
        if len(digits) > 20 or int(digits) > self._limits.literal:
            raise Malformed(f"a literal of {digits[:20].decode()} octets")
        self._missing = int(digits)
        self._size += self._missing + len(line)
        if self._size > self._limits.response:
            raise Malformed(f"a response of more than {self._limits.response} octets")
        if len(self._pieces) > 2 * self._limits.literals:
            raise Malformed(f"a response of more than {self._limits.literals} literals")
        return True

    def _literal(self) -> bool:
        """Takes what there is of the literal; True when it is complete."""
        end = self._at + self._missing - len(self._held)
        if end > len(self._data):
            self._hold()
            return False
        self._pieces.append(self._take(end))
        self._missing = -1
        return True

    def _hold(self) -> None:
        self._held += self._data[self._at :]
        self._data, self._at = b"", 0

    def _take(self, end: int) -> bytes:
        part, self._at = self._data[self._at : end], end
        if not self._held:
            return part
        self._held += part
        whole, self._held = bytes(self._held), bytearray()
        return whole
