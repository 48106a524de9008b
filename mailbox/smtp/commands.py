"""What we say: every command is built here, and nothing with a control character in it ever becomes one."""

import base64
import re
from functools import lru_cache
from typing import NamedTuple

from mailbox.smtp.phase import Phase
from mailbox.wire import Refused, ascii_host

# RFC 5321 section 4.1.2: Mailbox = Local-part "@" ( Domain / address-literal ); non-ASCII as RFC 6531 section 3.3 adds it.
_ATOM = r'[^\x00-\x20\x7f-\x9f\s()<>@,;:\\"\[\]]+'
_QUOTED = r'"(?:[^\x00-\x1f\x7f-\x9f"\\]|\\[\x20-\x7e])*"'
_DOMAIN = r"(?:[0-9A-Za-z._-]|[^\x00-\x9f\s])+|\[[0-9A-Za-z.:-]+\]"
_MAILBOX = re.compile(rf"({_ATOM}|{_QUOTED})@({_DOMAIN})")
_NAME = re.compile(r"[0-9A-Za-z._-]+|\[[0-9A-Za-z.:]+\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MOST_PATH = 320  # octets; 64 and 255 of RFC 5321 section 4.5.3.1 with the "@" between them


class Unsayable(Refused):
    """It cannot be said in SMTP: an address that is none, a control character, bytes that are no letter."""


class Command(NamedTuple):
    """One line to say (with its CRLF) and what its reply is waited for as; `shown` is how the record has it."""

    wire: bytes
    shown: str
    phase: Phase


def command(phase: Phase, text: str, *, shown: str = "") -> Command:
    """Raises Unsayable for CR, LF, NUL and their kind."""
    if _CONTROL.search(text):
        raise Unsayable("A control character cannot be part of an SMTP command.")
    return Command(f"{text}\r\n".encode(), shown or text, phase)


def ehlo(name: str) -> Command:
    return command(Phase.EHLO, f"EHLO {_own_name(name)}")


def helo(name: str) -> Command:
    return command(Phase.EHLO, f"HELO {_own_name(name)}")


def mail_from(return_path: str, *parameters: str) -> Command:
    """`return_path` may be "": the null reverse-path (RFC 5321 section 4.5.5)."""
    path = wire_address(return_path) if return_path else ""
    return command(Phase.MAIL, " ".join((f"MAIL FROM:<{path}>", *parameters)))


def rcpt_to(address: str, *parameters: str) -> Command:
    return command(Phase.RCPT, " ".join((f"RCPT TO:<{wire_address(address)}>", *parameters)))


def xtext(text: str) -> str:
    """RFC 3461 section 4: what may stand in a parameter's value."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)


def auth(mechanism: str, first: str | None) -> Command:
    """RFC 4954 section 4, with the initial response if there is one; "=" is an empty one."""
    if first is None:
        return command(Phase.AUTH, f"AUTH {mechanism}")
    return command(Phase.AUTH, f"AUTH {mechanism} {_base64(first) or '='}", shown=f"AUTH {mechanism} ****")


def auth_answer(secret: str) -> Command:
    """The answer to a 334 prompt."""
    return command(Phase.AUTH, _base64(secret), shown="****")


def challenge(text: str) -> str:
    """What a 334 prompt says; "" if it says nothing that can be read."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


LISTEN = Command(b"", "", Phase.GREETING)  # the server speaks first
AUTH_CANCEL = command(Phase.AUTH, "*")
STARTTLS = command(Phase.STARTTLS, "STARTTLS")
DATA = command(Phase.DATA, "DATA")
DOT = command(Phase.DOT, ".")
RSET = command(Phase.RSET, "RSET")
QUIT = command(Phase.QUIT, "QUIT")


@lru_cache(maxsize=1024)  # the same people write, and are written to, again and again
def wire_address(address: str) -> str:
    """local@domain as it stands between the angle brackets, the domain in A-labels (RFC 5891). Raises Unsayable."""
    found = _MAILBOX.fullmatch(address)
    if not found or len(address.encode()) > MOST_PATH:
        raise Unsayable(f"{address!r} is not an e-mail address.")
    return f"{found[1]}@{ascii_domain(found[2])}"


def ascii_domain(domain: str) -> str:
    """Raises Unsayable if there is no such form."""
    if domain.startswith("["):  # an address literal (RFC 5321 section 4.1.3)
        return domain
    try:
        return ascii_host(domain)
    except Refused as error:
        raise Unsayable(str(error)) from None


def needs_utf8(address: str) -> bool:
    """Whether its local part is not ASCII, so that only a server with SMTPUTF8 can take it (RFC 6531)."""
    return not address.rpartition("@")[0].isascii()


def _own_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Unsayable(f"{name!r} is not a name to greet a server with.")
    return name


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
