"""Whom a person writes to: remembered when a letter leaves, offered while an address is typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from accounts.models import User
from mailbox.mime.letter import Address
from mailbox.models import Contact, Folder, many
from mailbox.outbox.starts import addresses_of

OFFERED = 6
LATELY = 200  # letters of an inbox whose senders are offered
MOST = 20_000  # contacts of a person, once files were taken in

COUNT = """
    INSERT INTO mailbox_contact AS known (user_id, address, name, written, last_at)
    SELECT %s, address, name, 1, statement_timestamp() FROM unnest(%s::text[], %s::text[]) AS person (address, name)
    ON CONFLICT (user_id, address) DO UPDATE SET written = known.written + 1, last_at = EXCLUDED.last_at,
        name = coalesce(nullif(EXCLUDED.name, ''), known.name)
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion; of `shown` the middle piece is what was typed."""

    name: str
    address: str
    shown: tuple[str, str, str]


def offers(user: User, typed: str) -> list[Offer]:
    """The people whose address or a word of whose name begins like that: those written to most first, then those who
    wrote lately."""
    begun = typed.strip().strip('"<').casefold()
    if not begun:
        return []
    found = {address.lower(): name for name, address in _written_to(user, begun)}
    for name, address in _heard_from(user):
        if address and _begins(name, address, begun):
            found.setdefault(address.lower(), name)
    return [Offer(name, address, _marked(name or address, begun)) for address, name in list(found.items())[:OFFERED]]


def _written_to(user: User, begun: str) -> QuerySet[Contact, tuple[str, str]]:
    named = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}") | Q(address__istartswith=begun)
    at_domain = Q(address__icontains=f"@{begun.lstrip('@')}")
    found = Contact.objects.of(user).filter(named | at_domain)
    return found.order_by("-written", F("last_at").desc(nulls_last=True), "address").values_list("name", "address")[:OFFERED]


def _heard_from(user: User) -> Iterator[tuple[str, str]]:
    """The senders of the newest letters, an index read an inbox."""
    mine = {address.lower() for address in addresses_of(user)}
    for inbox in Folder.objects.of(user).filter(role=Folder.Role.INBOX):
        newest = inbox.placements.live().order_by("-sort_at", "-pk")[:LATELY]
        for name, address in newest.values_list("message__from_name", "message__from_address"):
            if address.lower() not in mine:
                yield name, address


def _begins(name: str, address: str, begun: str) -> bool:
    words = f" {name} {address}".casefold()
    return f" {begun}" in words or f"@{begun.lstrip('@')}" in words


def _marked(text: str, typed: str) -> tuple[str, str, str]:
    at = text.casefold().find(typed)
    end = at + len(typed)
    return (text[:at], text[at:end], text[end:]) if at >= 0 else (text, "", "")


def remember(user: User, people: Iterable[Address]) -> None:
    """Count a letter written to each of them; a name once known is kept until another one is written."""
    names = {person.address.lower()[:254]: person.name[:150] for person in people}
    addresses = sorted(names)  # two letters at once lock them in one order
    many.ask(COUNT, [user.pk, addresses, [names[address] for address in addresses]])


def book(user: User, words: str = "") -> QuerySet[Contact]:
    """Everybody the person knows by a name or an address that has these words, by name."""
    known = Contact.objects.of(user)
    for word in words.split():
        known = known.filter(Q(name__icontains=word) | Q(address__icontains=word))
    return known.order_by(Lower(Coalesce(NullIf("name", Value("")), "address")), "pk")


def take_in(user: User, people: Iterable[Address]) -> tuple[int, int]:
    """Put people among the contacts, in the order in which a post locks them; of those who are there nothing changes. How many
    are new, and how many found no room."""
    found: dict[str, str] = {}
    for person in people:
        found[person.address.lower()] = person.name[:150] or found.get(person.address.lower(), "")
    known = set(Contact.objects.of(user).values_list("address", flat=True))
    rows = [Contact(user=user, address=address, name=name) for address, name in sorted(found.items()) if address not in known]
    room = max(MOST - len(known), 0)
    Contact.objects.bulk_create(rows[:room], batch_size=1000, ignore_conflicts=True)
    return len(rows[:room]), len(rows[room:])
