"""Whom a person writes to: remembered when a letter leaves, offered while an address is typed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from mailbox.mime.letter import Address
from mailbox.models import Contact

OFFERED = 6


def suggest(user: User, typed: str) -> QuerySet[Contact]:
    """The people whose address or a word of whose name begins like that, those written to most first."""
    begun = typed.strip().strip('"<')
    if not begun:
        return Contact.objects.none()
    named = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}") | Q(address__istartswith=begun)
    at_domain = Q(address__icontains=f"@{begun.lstrip('@')}")
    found = Contact.objects.of(user).filter(named | at_domain)
    return found.order_by("-written", F("last_at").desc(nulls_last=True), "address")[:OFFERED]


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion; of `shown` the middle piece is what was typed."""

    name: str
    address: str
    shown: tuple[str, str, str]


def offers(user: User, typed: str) -> list[Offer]:
    return [Offer(one.name, one.address, _marked(one.name or one.address, typed)) for one in suggest(user, typed)]


def _marked(text: str, typed: str) -> tuple[str, str, str]:
    at = text.casefold().find(typed.strip().casefold())
    end = at + len(typed.strip())
    return (text[:at], text[at:end], text[end:]) if at >= 0 else (text, "", "")


def remember(user: User, people: Iterable[Address]) -> None:
    """Count a letter written to each of them; a name once known is kept until another one is written."""
    for person in people:
        known, _ = Contact.objects.get_or_create(
            user=user, address=person.address.lower()[:254], defaults={"name": person.name[:150]}
        )
        new = {"written": F("written") + 1, "last_at": timezone.now(), **({"name": person.name[:150]} if person.name else {})}
        Contact.objects.filter(pk=known.pk).update(**new)
