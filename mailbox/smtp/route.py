"""Which servers take the letters of a domain: the operator's table first, then the domain's MX records (RFC 5321 section 5.1)."""

import random
from collections.abc import Mapping

from dns.exception import DNSException
from dns.rdatatype import MX
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from mailbox.smtp.commands import ascii_domain
from mailbox.wire import Endpoint, Refused, TryLater

MOST_HOSTS = 5
LOOK_UP_SECONDS = 20.0


class TakesNoMail(Refused):
    """The domain says that it has no mail (RFC 7505: a null MX)."""


class NoSuchDomain(Refused):
    """DNS knows no such domain, which a broken name server says of real ones too: believe it the second time."""


def find_hosts(
    domain: str, table: Mapping[str, str], *, own_name: str = "", resolver: Resolver | None = None
) -> tuple[Endpoint, ...]:
    """The servers to try, best first, at most five. `table`: domain to Endpoint as written, asked before DNS.

    Raises TakesNoMail, NoSuchDomain, or TryLater when DNS does not answer."""
    name = ascii_domain(domain).lower().rstrip(".")
    if written := {known.lower(): route for known, route in table.items()}.get(name):
        return (_from_table(name, written),)
    if name.startswith("["):  # an address literal (RFC 5321 section 4.1.3)
        return (_host(name.strip("[]").removeprefix("ipv6:")),)
    records = _look_up(name, resolver)
    if records is None:
        return (_host(name),)  # the implicit MX: the domain's own address
    if all(not host for _, host in records):
        raise TakesNoMail(f"{domain} does not take mail.")
    if not (hosts := _in_order(records, own_name.lower())):
        raise TryLater(f"The mail of {domain} comes to this house, and nobody here takes it.")
    return tuple(_host(host) for host in hosts[:MOST_HOSTS])


def _from_table(domain: str, written: str) -> Endpoint:
    try:
        return Endpoint.parse(written)
    except ValueError as error:
        raise TryLater(f"The route that RELAY_ROUTES has for {domain} cannot be used: {error}.") from None


def _look_up(name: str, resolver: Resolver | None) -> list[tuple[int, str]] | None:
    """(preference, host) pairs; None if the domain exists and has no MX record. The null MX has an empty host."""
    try:
        answer = (resolver or Resolver()).resolve(name, MX, lifetime=LOOK_UP_SECONDS)
    except NoAnswer:
        return None
    except NXDOMAIN:
        raise NoSuchDomain(f"There is no domain called {name}.") from None
    except DNSException as error:
        raise TryLater(f"The mail servers of {name} could not be looked up.") from error
    return [(record.preference, record.exchange.to_text().rstrip(".").lower()) for record in answer]


def _in_order(records: list[tuple[int, str]], own_name: str) -> list[str]:
    """By preference, hosts of equal preference in any order; if we are one of them, only those better than us."""
    ours = min((preference for preference, host in records if host == own_name), default=65536)
    usable = [record for record in records if record[1] and record[0] < ours]
    random.shuffle(usable)
    return [host for _, host in sorted(usable, key=lambda record: record[0])]


def _host(name: str) -> Endpoint:
    return Endpoint("direct", name, 25)
