"""What the lines share: who to talk to, who we are, what can go wrong, and the one guarded way out."""

from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit

Security = Literal["tls", "starttls", "plain"]

# scheme: (protocol, security, port when none is written). STARTTLS is required, never opportunistic, on these.
SCHEMES: dict[str, tuple[str, Security, int]] = {
    "imaps": ("imap", "tls", 993),
    "imap+starttls": ("imap", "starttls", 143),
    "imap+plain": ("imap", "plain", 143),
    "pop3s": ("pop3", "tls", 995),
    "pop3+starttls": ("pop3", "starttls", 110),
    "pop3+plain": ("pop3", "plain", 110),
    "submissions": ("smtp", "tls", 465),
    "submission": ("smtp", "starttls", 587),
    "smtp+plain": ("smtp", "plain", 25),
    "direct": ("mx", "plain", 25),
}


class WireError(Exception):
    """Something a line ran into; the text is one plain sentence for a person."""


class TryLater(WireError):
    """It may work another time: no answer, a dropped line, a busy or throttling server."""


class Refused(WireError):
    """The other side, or our own guard, said no and will say so again."""


class SignInFailed(WireError):
    """The name or the password is not accepted."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server as a person writes it: `imaps://user@host:993`; `direct:` stands for the recipients' own MX hosts."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError with a plain sentence if that is no endpoint."""
        scheme, colon, _ = text.partition(":")
        if not colon or scheme not in SCHEMES:
            raise ValueError(f"{text!r} does not start with one of {', '.join(f'{known}:' for known in SCHEMES)}")
        if scheme == "direct":
            return cls(scheme)
        parts = urlsplit(text)
        try:
            port = parts.port or SCHEMES[scheme][2]
        except ValueError:
            raise ValueError(f"{text!r} has no usable port; ports are numbers from 1 to 65535") from None
        if not parts.hostname:
            raise ValueError(f"{text!r} names no host")
        return cls(scheme, parts.hostname, port, unquote(parts.username or ""))

    def __str__(self) -> str:
        if self.scheme == "direct":
            return "direct:"
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{user}{host}:{self.port}"

    @property
    def protocol(self) -> str:
        return SCHEMES[self.scheme][0]

    @property
    def security(self) -> Security:
        return SCHEMES[self.scheme][1]


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)
