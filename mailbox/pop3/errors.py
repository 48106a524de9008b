"""What can go wrong on a POP3 line; each is one of wire.py's kinds and carries one plain sentence."""

import re

from mailbox.pop3.reader import Reply
from mailbox.wire import Busy, Refused, SignInFailed, TryLater, WireError

# RFC 2449 section 8.1 and RFC 3206; and what servers say that know no codes.
_LOCKED_TEXT = re.compile(r"\block|in use|already (?:open|active|logged)|another (?:session|pop|connection)", re.IGNORECASE)
_BUSY_TEXT = re.compile(r"too many|too (?:often|soon)|try again|temporar|login.delay|minutes between", re.IGNORECASE)


class Malformed(TryLater):
    """The server broke the rules of POP3 or a limit of ours; the line is of no more use."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The mail server's answer could not be understood: {what}.")


class CommandRefused(Refused):
    """-ERR to one command; the line goes on."""

    def __init__(self, command: str, reply: Reply) -> None:
        super().__init__(f"The mail server refused {command}. It said: {reply.text[:500] or reply.code}")


def refusal(command: str, reply: Reply) -> WireError:
    """What -ERR means for the caller."""
    return _patience(reply) or CommandRefused(command, reply)


def sign_in_trouble(reply: Reply) -> WireError:
    """What -ERR to a name or a password means. Without a code that says otherwise it is the name or the password."""
    if reply.code == "SYS/PERM":
        return CommandRefused("the sign-in", reply)
    said = f" It said: {reply.text[:500]}" if reply.text else ""
    wrong = SignInFailed(f"The mail server does not accept this name and password.{said}")
    return wrong if reply.code == "AUTH" else _patience(reply) or wrong


def _patience(reply: Reply) -> TryLater | None:
    said = f"It said: {reply.text[:500] or reply.code}"
    if reply.code == "IN-USE" or (not reply.code and _LOCKED_TEXT.search(reply.text)):
        return Busy(f"Another program is fetching letters from this mailbox just now. {said}")
    if reply.code in {"LOGIN-DELAY", "SYS/TEMP"} or (not reply.code and _BUSY_TEXT.search(reply.text)):
        return Busy(f"The mail server is busy. {said}")
    return None
