"""What a POP3 server says, understood: octets in, replies and pieces of content out. It knows no socket.

RFC 1939 section 3: a reply is one line, "+OK" or "-ERR" and words. What follows some replies goes on until a line that is
one dot; a line of it that begins with a dot has got one more.
"""

import re
from dataclasses import dataclass

from mailbox.pop3.limits import LIMITS, Limits

_REPLY = re.compile(rb"(\+OK|-ERR)(?:[ \t]+|\Z)(?:\[([A-Z0-9/-]+)[^\]]*\][ \t]*)?(.*)", re.IGNORECASE | re.DOTALL)
_BREAK = b"\r\n"
_END = b"\r\n.\r\n"
_STUFFED = b"\r\n.."


@dataclass(frozen=True, slots=True)
class Reply:
    """`code`: the response code (IN-USE, LOGIN-DELAY, SYS/TEMP, SYS/PERM, AUTH...) or empty."""

    ok: bool
    text: str = ""
    code: str = ""


class NotPop3(ValueError):
    """What came is no reply, or is longer than a limit; the text says what."""


class Reader:
    """`feed` what comes; `take_reply` and, after `begin_content`, `take_content` until `is_over`."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._unread = 0  # octets at the beginning of the buffer that are not content
        self.is_over = True  # the content

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def take_reply(self) -> Reply | None:
        """Raises NotPop3."""
        line, end, _ = self._buffer.partition(b"\n")
        if len(line) > self._limits.line:
            raise NotPop3("a line without an end")
        if not end:
            return None
        del self._buffer[: len(line) + 1]
        found = _REPLY.fullmatch(bytes(line).rstrip(b"\r"))
        if not found:
            raise NotPop3("a line that is neither +OK nor -ERR")
        sign, code, text = found.groups(b"")
        return Reply(sign.upper() == b"+OK", _plain(text), code.decode().upper())

    def begin_content(self) -> None:
        """What comes next is content. It is read with a line break before it, so that its first line is one like any other."""
        self._buffer[:0] = _BREAK
        self._unread, self.is_over = len(_BREAK), False

    def take_content(self) -> bytes:
        """The next piece, as it was before dots were stuffed; b"" if more must be fed first, or if it is over."""
        end = self._buffer.find(_END)
        if end >= 0:
            stop, self.is_over = end + len(_BREAK), True
        elif len(self._buffer) > self._limits.piece:
            stop = self._safe()
        else:
            return b""
        piece = bytes(self._buffer[:stop]).replace(_STUFFED, _END[:3])[self._unread :]
        del self._buffer[: stop + (len(_END) - len(_BREAK) if self.is_over else 0)]
        self._unread = 0
        return piece

    def _safe(self) -> int:
        """Where the buffer can be cut: what could be the beginning of a stuffed dot or of the end stays whole."""
        stop = len(self._buffer) - len(_END)
        broken = self._buffer.rfind(b"\r", stop - 3, stop)
        return broken if broken >= 0 else stop


def _plain(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").replace("\0", "").split())
