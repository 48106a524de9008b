"""What can go wrong on an IMAP line; each is one of wire.py's kinds and carries one plain sentence."""

import re

from mailbox.imap.events import Status
from mailbox.wire import Busy as Busy
from mailbox.wire import Refused, TryLater

LONGEST_WAIT = 30 * 60.0  # seconds: a server's own hint may be hours, or hostile

# RFC 5530, and what Gmail and Exchange say without a code, or under one that says nothing.
_BUSY_CODES = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED"}
_SILENT_CODES = {"", "ALERT"}
_BUSY_TEXT = re.compile(r"throttl|too many|try again later|temporar|not connected|server (?:is )?busy", re.IGNORECASE)
_BUSY_QUOTA = re.compile(r"bandwidth", re.IGNORECASE)  # Gmail's OVERQUOTA for a day's traffic
_BACKOFF = re.compile(r"backoff time:\s*(\d{1,12})", re.IGNORECASE)
_GONE_TEXT = re.compile(r"no longer exist|no such message|messages? not found", re.IGNORECASE)


class Malformed(TryLater):
    """The server broke the rules of IMAP or a limit of ours; the line is of no more use."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The mail server's answer could not be understood: {what}.")


class TooMuchNews(Malformed):
    """More than anybody could want to hear; asked for otherwise it may come in pieces."""


class CommandRefused(Refused):
    """NO or BAD to one command; the line goes on. `code` is the response code (OVERQUOTA, TRYCREATE...) or empty."""

    def __init__(self, command: str, code: str, text: str) -> None:
        super().__init__(f"The mail server refused {command}. It said: {text[:500] or code}")
        self.command, self.code, self.text = command, code, text


class Overflow(TryLater):
    """The server had more news of other folders than it could tell, and tells none any more (RFC 5465 section 5.8)."""


class NotOffered(Refused):
    """The server does not offer the extension that this deed needs; the caller knows another way."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The mail server does not offer {what}.")


class Gone(Refused):
    """The letter that was asked for is no longer in the folder."""

    def __init__(self) -> None:
        super().__init__("The letter is no longer in this folder on the mail server.")


class BadArgument(Refused, ValueError):
    """Something that must not be put into a command: CR, LF, NUL, a flag that is no atom, a number out of range."""


def refusal(command: str, status: Status) -> TryLater | Refused:
    """What a NO, BAD or BYE means for the caller."""
    if status.kind == "BYE" and not _is_busy(status):
        return TryLater(f"The mail server hung up. It said: {status.text[:500]}")
    if _is_busy(status):
        return Busy(f"The mail server is busy. It said: {status.text[:500]}", _wait(status.text))
    return CommandRefused(command, status.code, status.text)


def _is_busy(status: Status) -> bool:
    if status.code in _SILENT_CODES:
        return bool(_BUSY_TEXT.search(status.text))
    return status.code in _BUSY_CODES or (status.code == "OVERQUOTA" and bool(_BUSY_QUOTA.search(status.text)))


def says_gone(status: Status) -> bool:
    """NO because some of the letters went away meanwhile: what was asked for is done as far as it can be."""
    return status.kind == "NO" and (status.code == "EXPUNGEISSUED" or bool(_GONE_TEXT.search(status.text)))


def _wait(text: str) -> float | None:
    """`Suggested Backoff Time: 299 milliseconds` (Exchange Online)."""
    found = _BACKOFF.search(text)
    return min(int(found[1]) / 1000, LONGEST_WAIT) if found else None
