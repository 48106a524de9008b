"""SPF (RFC 7208), as far as a sender needs to know of itself: may this address send for this domain?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from mailbox.smtp.names import Names, NoSuchName

PASS, FAIL, SOFTFAIL, NEUTRAL, NONE, ERROR = "pass", "fail", "softfail", "neutral", "none", "permerror"
MOST_LOOK_UPS = 10  # section 4.6.4
_QUALIFIERS = {"+": PASS, "-": FAIL, "~": SOFTFAIL, "?": NEUTRAL}


class Broken(Exception):
    """The record cannot be evaluated, by us or by anybody."""


def evaluate(domain: str, address: str, names: Names) -> str:
    """What a receiver makes of a letter of that domain from that address. Macros count as an error: who uses them knows
    more about SPF than we do. Raises TryLater when DNS does not answer."""
    try:
        return _Evaluation(address, names).of(domain)
    except Broken:
        return ERROR


def record_of(domain: str, names: Names) -> str:
    """The record, or "" if there is none. Raises Broken where there are several (section 4.5), and TryLater."""
    found = [text for text in names.texts(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if len(found) > 1:
        raise Broken
    return found[0] if found else ""


@dataclass
class _Evaluation:
    address: str
    names: Names
    look_ups: int = field(default=0)

    def of(self, domain: str) -> str:
        record = record_of(domain, self.names)
        if not record:
            return NONE
        redirect = ""
        for term in record.split()[1:]:
            if "%" in term:
                raise Broken
            if "=" in term:
                redirect = term.partition("=")[2] if term.lower().startswith("redirect=") else redirect
                continue
            qualifier, mechanism = (term[0], term[1:]) if term[0] in _QUALIFIERS else ("+", term)
            if self._matches(mechanism, domain):
                return _QUALIFIERS[qualifier]
        return self._redirected(redirect) if redirect else NEUTRAL

    def _redirected(self, domain: str) -> str:
        self._count()
        result = self.of(domain)
        return ERROR if result == NONE else result

    def _matches(self, mechanism: str, domain: str) -> bool:
        head, _, prefix = mechanism.partition("/")
        name, _, value = head.partition(":")
        name = name.lower()
        if name == "all":
            return True
        if name in {"ip4", "ip6"}:
            return self._within(mechanism.partition(":")[2])
        self._count()
        if name == "include":
            return self._included(value)
        if name in {"a", "mx", "exists"}:
            hosts = self._exchanges(value or domain) if name == "mx" else [value or domain]
            return any(self._at(host, prefix, anybody=name == "exists") for host in hosts)
        if name == "ptr":
            return False  # section 5.5: do not use
        raise Broken

    def _included(self, domain: str) -> bool:
        result = self.of(domain)
        if result in {NONE, ERROR}:
            raise Broken
        return result == PASS

    def _exchanges(self, domain: str) -> Iterator[str]:
        try:
            yield from (record.exchange.to_text().rstrip(".") for record in self.names.ask(domain, "MX").records)
        except NoSuchName:
            return

    def _at(self, host: str, prefix: str, *, anybody: bool) -> bool:
        try:
            pairs, _ = self.names.addresses(host)
        except NoSuchName:
            return False
        narrow, _, wide = prefix.partition("//")
        lengths = {4: narrow, 6: wide}
        blocks = [f"{address}/{length}" if (length := lengths[ip_address(address).version]) else address for _, address in pairs]
        return bool(blocks) and (anybody or any(self._within(block) for block in blocks))

    def _within(self, block: str) -> bool:
        try:
            network = ip_network(block, strict=False)
        except ValueError:
            raise Broken from None
        return ip_address(self.address) in network

    def _count(self) -> None:
        self.look_ups += 1
        if self.look_ups > MOST_LOOK_UPS:
            raise Broken
