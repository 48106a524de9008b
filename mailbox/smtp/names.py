"""Names: what DNS says to the direct way, told apart: it is so, it is not so, it is proven not to be so, nobody answers.

DNSSEC is believed only from a resolver at 127.0.0.1 or ::1, because nothing protects an answer on its way to us from
farther away (RFC 7672 section 2.1.1).
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import chain, zip_longest
from typing import Any, NamedTuple

import dns.flags
from dns.exception import DNSException
from dns.name import from_text
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from dns.reversename import from_address

from mailbox.wire import NoSuchHost, TryLater

LOOK_UP_SECONDS = 12.0
_HERE = {"127.0.0.1", "::1"}
_UDP_OCTETS = 1232  # what fits through any network unbroken
_FAMILY_OF = {4: int(socket.AF_INET), 6: int(socket.AF_INET6)}
_FAMILIES = (("AAAA", socket.AF_INET6), ("A", socket.AF_INET))


class NoSuchName(NoSuchHost):
    """DNS knows no such name; `proven`: DNSSEC vouches for that."""

    def __init__(self, sentence: str, *, proven: bool = False) -> None:
        super().__init__(sentence)
        self.proven = proven


class Answer(NamedTuple):
    records: tuple[Any, ...]  # dnspython's, each of the type that was asked for
    secure: bool  # DNSSEC vouches for them, or for there being none


@dataclass(frozen=True, slots=True)
class Names:
    resolver: Resolver
    seconds: float = LOOK_UP_SECONDS

    @classmethod
    def at(cls, servers: Sequence[str] = (), seconds: float = LOOK_UP_SECONDS) -> "Names":
        """Asking these servers ("127.0.0.1", "127.0.0.1:5300", "[::1]:53"), or those of /etc/resolv.conf."""
        resolver = Resolver(configure=not servers)
        for server in servers:
            host, _, port = server.rpartition(":") if "]:" in server or server.count(":") == 1 else (server, "", "")
            resolver.nameservers = [*resolver.nameservers, host.strip("[]")]
            resolver.port = int(port or 53)
        resolver.use_edns(0, dns.flags.DO, _UDP_OCTETS)
        return cls(resolver, seconds)

    @property
    def validates(self) -> bool:
        servers = [str(server) for server in self.resolver.nameservers]
        return bool(servers) and set(servers) <= _HERE

    def ask(self, name: str, kind: str) -> Answer:
        """No record of that kind is an empty answer. Raises NoSuchName, or TryLater when DNS does not answer."""
        try:
            found = self.resolver.resolve(from_text(name), RdataType[kind], lifetime=self.seconds, raise_on_no_answer=False)
        except NXDOMAIN as error:
            flags = [response.flags for response in error.kwargs["responses"].values()]
            raise NoSuchName(f"DNS knows no {name}.", proven=self._vouches(*flags)) from None
        except NoAnswer:
            return Answer((), secure=False)
        except (DNSException, OSError) as error:
            raise TryLater(f"DNS does not answer what {name} is.") from error
        return Answer(tuple(found.rrset or ()), self._vouches(found.response.flags))

    def texts(self, name: str) -> list[str]:
        """The TXT records, each in one piece; none where there is no such name. Raises TryLater."""
        try:
            records = self.ask(name, "TXT").records
        except NoSuchName:
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def addresses(self, host: str, *, turned: bool = False) -> tuple[list[tuple[int, str]], bool]:
        """(family, address) pairs, IPv6 and IPv4 by turns, IPv6 first unless `turned`; and whether DNSSEC vouches for all.
        Raises NoSuchName, or TryLater if neither family has an answer for us."""
        families = _FAMILIES[::-1] if turned else _FAMILIES
        found, secure, trouble = [], True, None
        for kind, family in families:
            try:
                answer = self.ask(host, kind)
            except TryLater as error:
                trouble, secure = error, False
                continue
            found.append([(int(family), record.to_text()) for record in answer.records])
            secure = secure and answer.secure
        pairs = [pair for pair in chain.from_iterable(zip_longest(*found)) if pair]
        if not pairs and trouble:
            raise trouble
        return pairs, secure

    def look_up(self, host: str, _port: int, *, turned: bool = False) -> list[tuple[int, str]]:
        """For wire.Guard: the addresses of a host that may be written as one."""
        try:
            return [(_FAMILY_OF[ip_address(host).version], host)]
        except ValueError:
            pairs, _ = self.addresses(host, turned=turned)
        if not pairs:
            raise NoSuchHost(f"There is no host called {host}.")
        return pairs

    def reverse(self, address: str) -> list[str]:
        """The names that an address goes back to. Raises TryLater."""
        try:
            return [record.to_text().rstrip(".").lower() for record in self.ask(from_address(address).to_text(), "PTR").records]
        except NoSuchName:
            return []

    def _vouches(self, *flags: int) -> bool:
        return self.validates and bool(flags) and all(flag & dns.flags.AD for flag in flags)
