"""Pre-flight: what the world's DNS says of a domain that wants to send its letters straight to their receivers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from dns.reversename import from_address

from mailbox.smtp import spf
from mailbox.smtp.dkim import in_strings
from mailbox.smtp.names import Names, NoSuchName
from mailbox.wire import TryLater


class Kind(StrEnum):
    EHLO = "ehlo"  # the name that we greet with leads to an address
    PTR = "ptr"  # which leads back to the name
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MX = "mx"  # somebody takes the answers and the bounces


class State(StrEnum):
    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    UNSURE = "unsure"  # DNS did not answer


NEEDED = frozenset({Kind.EHLO, Kind.PTR, Kind.SPF, Kind.DKIM, Kind.MX})  # DMARC is good to have; these are demanded


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record to set."""

    name: str
    type: str
    value: str

    @property
    def line(self) -> str:
        """As a zone file has it."""
        return f"{self.name}. {self.type} {in_strings(self.value) if self.type == 'TXT' else self.value}"


@dataclass(frozen=True, slots=True)
class Fact:
    """`seen` is what DNS says now, `record` what it should say where that is ours to tell; `needed`: no letter leaves
    before this is good."""

    kind: Kind
    state: State
    seen: str = ""
    record: Record | None = None

    @property
    def needed(self) -> bool:
        return self.kind in NEEDED


def look(domain: str, keys: Sequence[Record], ehlo_name: str, names: Names) -> list[Fact]:
    """All facts of a domain, the house's own first. `keys`: the DKIM records that should stand in DNS."""
    addresses: list[str] = []
    greeting = _asked(Kind.EHLO, lambda: _ehlo(ehlo_name, addresses, names))
    ours = [Fact(Kind.PTR, State.UNSURE), Fact(Kind.SPF, State.UNSURE)]
    if greeting.state != State.UNSURE:
        ours = [
            _asked(Kind.PTR, lambda: _ptr(ehlo_name, addresses, names)),
            _asked(Kind.SPF, lambda: _spf(domain, addresses, names)),
        ]
    return [
        greeting,
        *ours,
        *_dkim(domain, keys, names),
        _asked(Kind.DMARC, lambda: _dmarc(domain, names)),
        _asked(Kind.MX, lambda: _mx(domain, names)),
    ]


def _asked(kind: Kind, question: Callable[[], Fact]) -> Fact:
    try:
        return question()
    except TryLater:
        return Fact(kind, State.UNSURE)


def _ehlo(name: str, addresses: list[str], names: Names) -> Fact:
    """Fills `addresses`: those the name leads to are ours, as far as the world can know."""
    if "." not in name:
        return Fact(Kind.EHLO, State.MISSING, name)
    try:
        pairs, _ = names.addresses(name)
    except NoSuchName:
        pairs = []
    addresses += [address for _, address in pairs]
    return Fact(Kind.EHLO, State.GOOD if addresses else State.WRONG, " ".join([name, *addresses]))


def _ptr(name: str, addresses: list[str], names: Names) -> Fact:
    """Each address must lead back to the name (RFC 1912 section 2.1), or receivers take us for a stolen machine."""
    if not addresses:
        return Fact(Kind.PTR, State.MISSING)
    for address in addresses:
        back = names.reverse(address)
        if name.lower() not in back:
            wanted = Record(from_address(address).to_text().rstrip("."), "PTR", f"{name}.")
            return Fact(Kind.PTR, State.WRONG if back else State.MISSING, " ".join([address, *back]), wanted)
    return Fact(Kind.PTR, State.GOOD, " ".join(addresses))


def _spf(domain: str, addresses: list[str], names: Names) -> Fact:
    wanted = Record(domain, "TXT", " ".join(["v=spf1", "mx", *map(_block, addresses), "-all"]))
    try:
        seen = spf.record_of(domain, names)
    except spf.Broken:
        return Fact(Kind.SPF, State.WRONG, "v=spf1 ... v=spf1 ...", wanted)
    if not seen:
        return Fact(Kind.SPF, State.MISSING, "", wanted)
    passes = bool(addresses) and all(spf.evaluate(domain, address, names) == spf.PASS for address in addresses)
    return Fact(Kind.SPF, State.GOOD, seen) if passes else Fact(Kind.SPF, State.WRONG, seen, wanted)


def _block(address: str) -> str:
    return f"ip{ip_address(address).version}:{address}"


def _dkim(domain: str, keys: Sequence[Record], names: Names) -> Iterator[Fact]:
    """One fact a key; one that is missing where there is no key at all."""
    if not keys:
        yield Fact(Kind.DKIM, State.MISSING)
    for key in keys:
        yield _asked(Kind.DKIM, lambda key=key: _key(key, names))  # type: ignore[misc]


def _key(wanted: Record, names: Names) -> Fact:
    seen = names.texts(wanted.name)
    if any(_packed(text) == _packed(wanted.value) for text in seen):
        return Fact(Kind.DKIM, State.GOOD, wanted.name, wanted)
    return Fact(Kind.DKIM, State.WRONG if seen else State.MISSING, seen[0] if seen else "", wanted)


def _packed(record: str) -> str:
    """The key itself: blanks and other tags do not matter."""
    tags = (tag.partition("=") for tag in "".join(record.split()).split(";"))
    return next((value for name, _, value in tags if name == "p"), "")


def _dmarc(domain: str, names: Names) -> Fact:
    wanted = Record(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=none")
    for place in (domain, _above(domain)):  # the organizational domain answers for its children (RFC 7489 section 6.6.3)
        found = [text for text in names.texts(f"_dmarc.{place}") if text.startswith("v=DMARC1")] if place else []
        if len(found) == 1 and _has_policy(found[0]):
            return Fact(Kind.DMARC, State.GOOD, found[0])
        if found:
            return Fact(Kind.DMARC, State.WRONG, found[0], wanted)
    return Fact(Kind.DMARC, State.MISSING, "", wanted)


def _has_policy(record: str) -> bool:
    tags = {tag.partition("=")[0].strip(): tag.partition("=")[2].strip().lower() for tag in record.split(";")}
    return tags.get("p") in {"none", "quarantine", "reject"}


def _above(domain: str) -> str:
    _, _, parent = domain.partition(".")
    return parent if "." in parent else ""


def _mx(domain: str, names: Names) -> Fact:
    """Many receivers refuse a sender whom they could not answer."""
    try:
        hosts = [record.exchange.to_text().rstrip(".") for record in names.ask(domain, "MX").records]
        found = bool(hosts and all(hosts)) or bool(not hosts and names.addresses(domain)[0])
    except NoSuchName:
        hosts, found = [], False
    return Fact(Kind.MX, State.GOOD if found else State.MISSING, " ".join(hosts))
