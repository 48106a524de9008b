"""The direct way: whether its author's domain may go it, to which hosts it leads, and what each of them must prove."""

from functools import partial
from time import monotonic
from typing import NamedTuple

from django.conf import settings

from mailbox.outbox import domains, policies
from mailbox.outbox.rules import Rules
from mailbox.smtp import proof, route, sts
from mailbox.smtp.names import Names
from mailbox.smtp.proof import Proof, Source, Unproven
from mailbox.smtp.sts import Policy
from mailbox.wire import Endpoint, Guard, Refused, TryLater

BROKEN_FOR = 3600  # seconds
MOST_BROKEN = 10_000
_broken: dict[tuple[str, int], float] = {}  # hosts whose TLS failed, until when that is believed; forgotten, it costs a handshake


class Unfit(TryLater):
    """The author's own domain is not ready to send to the world."""


class Hop(NamedTuple):
    """One host of a way. `domain` is whose mail it takes, by its own word (`policy`, MTA-STS) and by DNS (`secure`)."""

    host: Endpoint
    domain: str = ""
    secure: bool = False
    policy: Policy | None = None


def find(author: str, domain: str, rules: Rules) -> tuple[Hop, ...]:
    """The hosts that take letters for that domain, best first. Raises WireError if there is none, or if the author's domain
    is not fit to send to the world: such a letter waits until it is."""
    way = route.find_way(domain, settings.RELAY_ROUTES, names(), own_names=[settings.EHLO_NAME], port=rules.port)
    if not way.domain:
        return tuple(Hop(host) for host in way.hosts)
    if trouble := domains.unfit(author.rpartition("@")[2], names()):
        raise Unfit(trouble)
    policy = policies.of(way.domain, names(), _guard(), rules)
    return tuple(Hop(host, way.domain, way.secure, policy) for host in way.hosts)


def group_of(domain: str) -> str:
    """The hosts that take that domain's letters, by the name that they share with whatever else they take. A domain that
    nobody takes letters for stands for itself. Raises TryLater when DNS does not answer."""
    try:
        return route.find_way(domain, settings.RELAY_ROUTES, names(), own_names=[settings.EHLO_NAME]).group
    except Refused:
        return domain


def proof_of(hop: Hop) -> Proof | None:
    """What the host must prove: DANE before MTA-STS, which may never replace it (RFC 8461 section 2); None: nothing. Raises
    Unproven for a host that an enforced policy does not name, TryLater where DNS keeps silent about its demands."""
    if hop.secure and (demand := proof.dane(hop.host.host, hop.host.port, names())):
        return demand
    if hop.policy is None or hop.policy.mode != sts.ENFORCE:
        return None
    if not hop.policy.names(hop.host.host):
        raise Unproven(f"The policy of {hop.domain} (MTA-STS) does not name {hop.host.host} as one of its mail servers.")
    return Proof(Source.STS)


def breaks_tls(host: Endpoint) -> bool:
    """Whether a handshake with it failed within the hour. It is never asked where a policy demands TLS."""
    return _broken.get((host.host, host.port), 0) > monotonic()


def note_broken_tls(host: Endpoint) -> None:
    if len(_broken) >= MOST_BROKEN:
        _broken.clear()
    _broken[host.host, host.port] = monotonic() + BROKEN_FOR


def keep_up() -> None:
    """What the clock has done: our domains looked at when it is their turn, the world's old policies forgotten."""
    domains.check_due()
    policies.clear()


def names() -> Names:
    return Names.at(settings.DNS_SERVERS)


def guard(host: Endpoint, attempts: int = 0) -> Guard:
    """What may be connected to. Every other attempt begins with the other address family: some hosts distrust one."""
    return _guard(turned=attempts > 0 and attempts % 2 == 0) if host.scheme == "direct" else Guard(_private())


def _guard(*, turned: bool = False) -> Guard:
    return Guard(_private(), look_up=partial(names().look_up, turned=turned))


def _private() -> tuple[str, ...]:
    return tuple(settings.ALLOW_PRIVATE_HOSTS)
