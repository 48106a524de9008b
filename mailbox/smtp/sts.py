"""MTA-STS (RFC 8461): a domain says over HTTPS which hosts take its mail, and whether they must prove it."""

import re
import ssl
from dataclasses import dataclass, replace

from mailbox import web
from mailbox.smtp.names import Names
from mailbox.wire import Guard, Refused, ascii_host

HTTPS = 443
SECONDS = 30.0  # section 3.3 allows a minute
MOST_OCTETS = 64 * 1024
MOST_AGE = 31_557_600  # seconds, section 3.2
ENFORCE, TESTING, NONE = "enforce", "testing", "none"

_ID = re.compile(r"v=STSv1\s*;.*?\bid\s*=\s*([A-Za-z0-9]{1,32})\s*(?:;|$)", re.DOTALL)


class NoPolicy(Refused):
    """What was fetched is none."""


@dataclass(frozen=True, slots=True)
class Policy:
    mode: str
    hosts: tuple[str, ...]  # patterns: mx.example.org, or *.example.org for one label
    max_age: int = 0  # seconds

    def names(self, host: str) -> bool:
        _, _, parent = host.partition(".")
        return host in self.hosts or f"*.{parent}" in self.hosts


def announced(domain: str, names: Names) -> str:
    """The id of the policy that the domain has now; "" if it announces none. Raises TryLater."""
    found = [text for text in names.texts(f"_mta-sts.{domain}") if text.startswith("v=STSv1")]
    match = _ID.match(found[0]) if len(found) == 1 else None
    return match[1] if match else ""


def read_policy(text: str) -> Policy:
    """Section 3.2. Raises NoPolicy."""
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in text.splitlines())]
    fields = dict(reversed(pairs))  # of a repeated field the first counts
    mode, age = fields.get("mode", ""), fields.get("max_age", "")
    hosts = tuple(_pattern(value) for name, value in pairs if name == "mx")
    if fields.get("version") != "STSv1" or mode not in {ENFORCE, TESTING, NONE} or not re.fullmatch(r"[0-9]{1,10}", age):
        raise NoPolicy("The MTA-STS policy cannot be read.")
    if mode != NONE and not hosts:
        raise NoPolicy("The MTA-STS policy names no host.")
    return Policy(mode, hosts, min(int(age), MOST_AGE))


def fetch(
    domain: str, guard: Guard, *, port: int = HTTPS, trust: ssl.SSLContext | None = None, seconds: float = SECONDS
) -> Policy:
    """The policy itself, from the one place where it may lie; redirects are not followed (section 3.3). Raises WireError."""
    place = f"https://mta-sts.{domain}{f':{port}' if port != HTTPS else ''}/.well-known/mta-sts.txt"
    limits = web.Limits(seconds, MOST_OCTETS)
    guard = replace(guard, ports=frozenset({port}))
    answer = web.get(place, guard, accept="text/plain", limits=limits, trust=trust, redirects=0)
    if answer.status != 200 or answer.content_type != "text/plain":
        raise NoPolicy(f"There is no MTA-STS policy (HTTP {answer.status}).")
    return read_policy(answer.body.decode("ascii", "replace"))


def _pattern(written: str) -> str:
    """In A-labels, lower case (section 3.2); what is no name matches nothing."""
    star = "*." if written.startswith("*.") else ""
    try:
        return star + ascii_host(written.removeprefix("*.")).lower()
    except Refused:
        return ""
