"""The direct way: whether its author's domain may go it, to which hosts it leads, and from where their addresses come."""

from functools import partial

from django.conf import settings

from mailbox.outbox import domains
from mailbox.outbox.rules import Rules
from mailbox.smtp import route
from mailbox.smtp.names import Names
from mailbox.wire import Endpoint, Guard, TryLater


class Unfit(TryLater):
    """The author's own domain is not ready to send to the world."""


def find(author: str, domain: str, rules: Rules) -> tuple[Endpoint, ...]:
    """The hosts that take letters for that domain. Raises WireError if there is none, or if the author's domain is not fit
    to send to the world: such a letter waits until it is."""
    way = route.find_way(domain, settings.RELAY_ROUTES, names(), own_names=[settings.EHLO_NAME], port=rules.port)
    if way.domain and (trouble := domains.unfit(author.rpartition("@")[2], names())):
        raise Unfit(trouble)
    return way.hosts


def names() -> Names:
    return Names.at(settings.DNS_SERVERS)


def guard(host: Endpoint, attempts: int = 0) -> Guard:
    """What may be connected to. Every other attempt begins with the other address family: some hosts distrust one."""
    allow = tuple(settings.ALLOW_PRIVATE_HOSTS)
    if host.scheme != "direct":
        return Guard(allow)
    return Guard(allow, look_up=partial(names().look_up, turned=attempts % 2 == 0))
