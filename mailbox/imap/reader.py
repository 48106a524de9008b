"""Bytes in, events out: all that understands a mail server's IMAP, without a socket."""

from mailbox.imap.events import Event
from mailbox.imap.lexer import Lexer
from mailbox.imap.limits import Limits
from mailbox.imap.responses import read_response


class Reader:
    """feed() it what came from the line, then call next_event() until it gives None. After Malformed it is of no more use."""

    __slots__ = ("_lexer", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lexer = Lexer(limits)

    def feed(self, data: bytes) -> None:
        self._lexer.feed(data)

    def next_event(self) -> Event | None:
        """Raises Malformed."""
        pieces = self._lexer.next_response()
        return None if pieces is None else read_response(pieces, self.limits)
