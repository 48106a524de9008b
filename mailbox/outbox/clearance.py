"""Before a letter is taken in: who may post it and when that is, which addresses refuse letters, whose domain signs, how much
was posted before. All of it is asked for at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import Cursor

from accounts.models import User
from mailbox.mime.letter import Address
from mailbox.models import Access, Domain, Mailbox, many
from mailbox.outbox import limits
from mailbox.outbox.domains import is_direct
from mailbox.outbox.plan import domain_of
from mailbox.smtp.commands import ascii_domain

FACTS = """
    SELECT statement_timestamp(), nextval(pg_get_serial_sequence('mailbox_outgoing', 'id')),
        array_agg(user_id ORDER BY id), array_agg(role::text ORDER BY id),
        ARRAY(
            SELECT address::text FROM mailbox_suppression
            WHERE mailbox_id = %(mailbox)s AND address = ANY(%(addresses)s::text[]) ORDER BY address),
        (SELECT id FROM mailbox_domain WHERE name = %(domain)s), (SELECT tagged FROM mailbox_domain WHERE name = %(domain)s)
    FROM mailbox_access WHERE mailbox_id = %(mailbox)s
"""


@dataclass(frozen=True, slots=True)
class Clearance:
    moment: datetime  # by the database's clock
    number: int  # that the letter will have in the queue
    addresses: frozenset[str]  # that were asked about and counted, in lower case; the letter goes to no other
    roles: dict[int, str]  # in that Mailbox, by person
    refusing: list[str]  # addressees that have refused letters before
    domain: Domain | None  # that signs, where the letter goes straight to the world
    posted: limits.Tally  # with this letter

    def lets(self, user: User) -> bool:
        return self.roles.get(user.pk) in Access.SENDS

    def check(self, people: Iterable[Address]) -> int:
        """How many the Mailbox has had in this hour, with these people. Raises OverLimit."""
        if not self.addresses.issuperset(person.address.lower() for person in people):
            raise ValueError("This letter goes to people who were neither counted nor looked up.")
        return self.posted.check()


def ask(mailbox: Mailbox, user: User | None, sender: str, people: Iterable[Address]) -> Callable[[], Clearance]:
    """For a letter of `sender` to these people, in the caller's transaction; the answer is read by a call. They are counted,
    each address once, and the counts stay locked until the transaction ends."""
    addresses = frozenset(person.address.lower() for person in people)
    domain = ascii_domain(domain_of(sender)).lower() if is_direct(mailbox) else ""
    facts = many.ask(FACTS, {"mailbox": mailbox.pk, "addresses": list(addresses), "domain": domain})
    return partial(_read, facts, domain, addresses, limits.count(mailbox, user, len(addresses)))


def _read(facts: "Cursor[tuple[Any, ...]]", domain: str, addresses: frozenset[str], posted: limits.Tally) -> Clearance:
    [(moment, number, people, roles, refusing, signs, tagged)] = facts.fetchall()
    ours = Domain(pk=signs, name=domain, tagged=tagged) if signs else None
    return Clearance(moment, number, addresses, dict(zip(people or (), roles or (), strict=True)), refusing, ours, posted)
