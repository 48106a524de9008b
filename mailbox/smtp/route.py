"""Which servers take the letters of a domain: the operator's table first, then the domain's MX records (RFC 5321 section 5.1)."""

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mailbox.smtp.commands import ascii_domain
from mailbox.smtp.names import Names, NoSuchName
from mailbox.wire import Endpoint, Refused, TryLater

MOST_HOSTS = 5
SMTP_PORT = 25
MOST_OCTETS = 400  # of the name of a group
PROVIDERS = {
    ".google.com": "*.google.com",
    ".googlemail.com": "*.google.com",
    ".protection.outlook.com": "*.outlook.com",
    ".mx.microsoft": "*.outlook.com",
}


class TakesNoMail(Refused):
    """It will not change: the domain says that it has no mail (RFC 7505), or DNSSEC vouches for there being no such domain."""


@dataclass(frozen=True, slots=True)
class Way:
    """The servers to try, best first. `domain`: whose policies rule how (in A-labels); empty where the operator's table or
    an address literal named the server. `secure`: DNSSEC vouches for the MX records. `group`: one name for all hosts of the
    domain, the same for every domain that they take letters for."""

    hosts: tuple[Endpoint, ...]
    domain: str = ""
    secure: bool = False
    group: str = ""


def find_way(
    domain: str, table: Mapping[str, str], names: Names, *, own_names: Collection[str] = (), port: int = SMTP_PORT
) -> Way:
    """At most five hosts. `table`: domain to Endpoint as written, asked before DNS.

    Raises TakesNoMail; NoSuchName, which a broken name server says of real domains too, so believe it the second time; or
    TryLater when DNS does not answer."""
    name = ascii_domain(domain).lower().rstrip(".")
    if written := {known.lower(): route for known, route in table.items()}.get(name):
        endpoint = _from_table(name, written)
        return Way((endpoint,), group=f"{endpoint.host}:{endpoint.port}")
    if name.startswith("["):  # an address literal (RFC 5321 section 4.1.3)
        return Way((Endpoint("direct", name.strip("[]").removeprefix("ipv6:"), port),), group=name)
    try:
        records, secure = _exchanges(name, names)
    except NoSuchName as error:
        if error.proven:
            raise TakesNoMail(f"There is no domain called {domain}.") from None
        raise NoSuchName(f"There is no domain called {domain}.") from None
    if records and not any(host for _, host in records):
        raise TakesNoMail(f"{domain} does not take mail.")
    records = records or [(0, name)]  # the implicit MX: the domain's own address
    if not (hosts := _in_order(records, {own.lower() for own in own_names})):
        raise TryLater(f"The mail of {domain} comes to this house, and nobody here takes it.")
    return Way(tuple(Endpoint("direct", host, port) for host in hosts[:MOST_HOSTS]), name, secure, _group_of(hosts))


def _group_of(hosts: Iterable[str]) -> str:
    """All of them, or the provider that names its hosts after its customers or mixes them."""
    names = {next((name for end, name in PROVIDERS.items() if host.endswith(end)), host) for host in hosts}
    return " ".join(sorted(names))[:MOST_OCTETS]


def _from_table(domain: str, written: str) -> Endpoint:
    try:
        return Endpoint.parse(written)
    except ValueError as error:
        raise TryLater(f"The route that RELAY_ROUTES has for {domain} cannot be used: {error}.") from None


def _exchanges(name: str, names: Names) -> tuple[list[tuple[int, str]], bool]:
    """(preference, host) pairs; none if the domain exists and has no MX record. The null MX has an empty host."""
    try:
        answer = names.ask(name, "MX")
    except TryLater as error:
        raise TryLater(f"The mail servers of {name} could not be looked up.") from error
    return [(record.preference, record.exchange.to_text().rstrip(".").lower()) for record in answer.records], answer.secure


def _in_order(records: Iterable[tuple[int, str]], own_names: Collection[str]) -> list[str]:
    """By preference, hosts of equal preference in any order; if we are one of them, only those better than us."""
    records = list(records)
    ours = min((preference for preference, host in records if host in own_names), default=65536)
    usable = [record for record in records if record[1] and record[0] < ours]
    random.shuffle(usable)
    return [host for _, host in sorted(usable, key=lambda record: record[0])]
