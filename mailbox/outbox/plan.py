"""Where an addressee's letter goes, and which addressees share a transaction. Pure.

To the provider's own server everybody at once; straight to the world one domain at a time, because one server takes one
domain's mail. A Bcc addressee is always alone: nothing a server writes into the letter may name two of them.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from mailbox.models import Mailbox, Recipient
from mailbox.outbox.due import Addressee
from mailbox.wire import Endpoint

One = TypeVar("One", Recipient, Addressee)

_endpoint = lru_cache(maxsize=1024)(Endpoint.parse)  # the same few are asked of for every addressee


def site_of(mailbox: Mailbox, address: str) -> str:
    """The addressee's domain, or the Mailbox's own way out, which no other Mailbox shares; `sites` knows whose slots it takes."""
    endpoint = _endpoint(mailbox.outgoing)
    return domain_of(address) if endpoint.protocol == "mx" else f"{endpoint.host}/{mailbox.pk}"


def talks(recipients: Iterable[One], *, most: int) -> list[list[One]]:
    """The transactions for addressees of one site, letter by letter in the order that the letters come in."""
    letters: dict[int, list[One]] = {}
    for recipient in recipients:
        letters.setdefault(recipient.outgoing_id, []).append(recipient)
    return [talk for people in letters.values() for talk in _talks(people, most)]


def _talks(people: Sequence[One], most: int) -> list[list[One]]:
    if len(people) == 1:
        return [[people[0]]]
    people = sorted(people, key=lambda one: (one.kind == Recipient.Kind.BCC, one.pk or 0))
    shown, hidden = ([one for one in people if (one.kind == Recipient.Kind.BCC) is is_hidden] for is_hidden in (False, True))
    return [shown[start : start + most] for start in range(0, len(shown), most)] + [[one] for one in hidden]


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()
