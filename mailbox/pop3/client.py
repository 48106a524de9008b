"""The hand in a maildrop: sign in, list, fetch, delete. One caller, one connection, blocking.

    AUTHORIZATION --PASS or APOP--> TRANSACTION --QUIT--> UPDATE

RFC 1939: what DELE names is only removed in UPDATE, which QUIT alone begins; a line that breaks before removes nothing.
"""

import base64
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import md5
from types import TracebackType
from typing import Self

from mailbox.pop3.errors import Malformed, sign_in_trouble
from mailbox.pop3.limits import LIMITS, TIMEOUTS, Limits, Timeouts
from mailbox.pop3.line import Line, dial
from mailbox.pop3.reader import Reply
from mailbox.wire import Credentials, Endpoint, Guard, Refused, WireError

_TIMESTAMP = re.compile(r"<[^<>\s]{1,400}@[^<>\s]{1,400}>")
_LISTED = re.compile(rb"(\d{1,9})[ \t]+(\d{1,12})\b[^\r\n]*")
_NAMED = re.compile(rb"(\d{1,9})[ \t]+([\x21-\x7e]{1,200})[ \t]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter in the maildrop. `number` is good for this session only; `uidl` is its name for ever, empty if it has none."""

    number: int
    size: int
    uidl: str = ""


class Pop3Client:
    """Methods raise CommandRefused for -ERR, TryLater when the line is of no more use."""

    def __init__(self, line: Line, capabilities: dict[str, str]) -> None:
        self._line = line
        self.capabilities = capabilities  # name in upper case: its parameters

    @classmethod
    def connect(
        cls, endpoint: Endpoint, credentials: Credentials, guard: Guard, *, limits: Limits = LIMITS,
        timeouts: Timeouts = TIMEOUTS, trust: ssl.SSLContext | None = None,
    ) -> Self:  # fmt: skip
        """Signed in, the maildrop locked for us. Raises TryLater (Busy: somebody else has it), Refused or SignInFailed."""
        line, greeting = dial(endpoint, guard, limits=limits, timeouts=timeouts, trust=trust)
        try:
            offered = _capabilities(line)
            _sign_in(line, credentials, offered, greeting, in_the_clear=endpoint.security == "plain")
            return cls(line, _capabilities(line) or offered)
        except BaseException:
            line.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up without a word: nothing is deleted."""
        self._line.close()

    def entries(self) -> list[Entry]:
        """Every letter in the maildrop, oldest first; without UIDL their names are empty."""
        self._line.must("LIST")
        sizes = self._table(_LISTED)
        if len(sizes) > self._line.limits.letters:
            self.close()
            raise Malformed(f"more than {self._line.limits.letters} letters")
        names = self._table(_NAMED) if sizes and self._line.say("UIDL").ok else {}
        return [Entry(number, int(size), names.get(number, b"").decode()) for number, size in sorted(sizes.items())]

    def header(self, number: int) -> bytes:
        """TOP of no lines. Raises CommandRefused where that is not offered."""
        self._line.must("TOP", str(number), "0")
        return self._line.short_content(self._line.limits.header)

    def letter(self, number: int) -> Iterator[bytes]:
        """The whole letter in pieces; read it to its end."""
        self._line.must("RETR", str(number))
        return self._line.content()

    def delete(self, number: int) -> None:
        """Marked only, until `quit`."""
        self._line.must("DELE", str(number))

    def quit(self) -> None:
        """Removes what was marked, and hangs up. Raises what the server says if it could not, or TryLater if it said nothing."""
        try:
            self._line.must("QUIT")
        finally:
            self.close()

    def logout(self) -> None:
        """Hangs up in good manners where nothing was marked; never raises."""
        with suppress(WireError):
            self.quit()

    def _table(self, row: re.Pattern[bytes]) -> dict[int, bytes]:
        content = self._line.short_content(self._line.limits.listing)
        found = (row.fullmatch(line) for line in content.split(b"\r\n"))
        return {int(match[1]): match[2] for match in found if match}


def _capabilities(line: Line) -> dict[str, str]:
    """Empty where CAPA is not known: then USER and PASS are tried (RFC 2449 section 5)."""
    if not line.say("CAPA").ok:
        return {}
    words = (row.decode("ascii", "replace").partition(" ") for row in line.short_content(line.limits.header).split(b"\r\n"))
    return {name.upper(): parameters for name, _, parameters in words if name}


def _sign_in(line: Line, credentials: Credentials, offered: dict[str, str], greeting: Reply, *, in_the_clear: bool) -> None:
    """On a line that others can read the password is not said, if the server knows a way; under TLS the plain words are the
    better proof, as APOP rests on MD5. Raises SignInFailed, Refused or TryLater."""
    timestamp = _TIMESTAMP.search(greeting.text)
    mechanisms = offered.get("SASL", "").upper().split()
    if timestamp and (in_the_clear or (offered and "USER" not in offered and "PLAIN" not in mechanisms)):
        digest = md5((timestamp[0] + credentials.password).encode(), usedforsecurity=False).hexdigest()
        replies = [line.say("APOP", credentials.user, digest)]
    elif offered and "USER" not in offered and "PLAIN" in mechanisms:
        proof = base64.b64encode(f"\0{credentials.user}\0{credentials.password}".encode()).decode()
        replies = [line.say("AUTH", "PLAIN", proof)]
    elif offered and "USER" not in offered and mechanisms:
        raise Refused("The mail server accepts no password on this line; it may want TLS, or another way to sign in.")
    else:
        replies = [line.say("USER", credentials.user)]
        replies += [line.say("PASS", credentials.password)] if replies[0].ok else []
    if not replies[-1].ok:
        raise sign_in_trouble(replies[-1])
