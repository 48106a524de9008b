"""Whose turn a letter is: claimed, held and given back in transactions so short that nothing waits for them.

    scheduled -+                               +-> sent, failed, held, unknown
    queued ----+-- claim --> leased -- settle -+
    deferred --+               |               +-> deferred
                               |
              not begun: give back, as it was
              lease ran out: recover --+-> queued    the dot had not gone
                                       +-> unknown   it had

A claim takes addressees of one domain or way out, of as many letters as go over one line. It has a token: whatever a worker
does later asks first whether its token still stands on the rows, so one that was taken for dead and wakes up again changes
nothing. Only the database's clock is compared with.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from time import monotonic
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from mailbox.models import Attempt, Mailbox, Recipient, many
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox import due, plan, sites
from mailbox.outbox.clock import now
from mailbox.outbox.due import Addressee, Begun, Letter
from mailbox.outbox.rules import Rules
from mailbox.outbox.schedule import next_try

logger = logging.getLogger(__name__)

State = Recipient.State


class LeaseLost(Exception):
    """Somebody else was given these addressees: say nothing more for them."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One transaction to be: a letter, its addressees, and the Attempt that will tell of it."""

    outgoing: Letter
    attempt: Begun
    recipients: tuple[Addressee, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Addressees of one domain or way out, for one worker and one line; `more`: others there are due."""

    site: str
    mailbox: Mailbox
    token: UUID
    talks: tuple[Talk, ...]
    more: bool
    rules: Rules
    moment: datetime
    began: float

    @property
    def rows(self) -> QuerySet[Recipient]:
        """What is still ours."""
        return Recipient.objects.filter(site=self.site, lease_token=self.token, state=State.LEASED)

    def now(self) -> datetime:
        """The database's time without asking it: a clock that nobody can set has run since the claim."""
        return self.moment + timedelta(seconds=monotonic() - self.began)

    def hold(self) -> None:
        """Renew the lease. Raises LeaseLost; a database that is away is no reason to stop talking."""
        try:
            held = self.rows.update(lease_until=Now() + self.rules.lease)
        except DatabaseError as error:
            logger.warning("The lease of letters to %s is not renewed (%s).", self.site, type(error).__name__)
            return
        if not held:
            raise LeaseLost

    def give_back(self, talks: Sequence[Talk], pause: timedelta = timedelta()) -> None:
        """As if these had not been claimed: no try is counted, none that was announced is told of, and they are due after
        `pause`."""
        ids = [recipient.pk for talk in talks for recipient in talk.recipients]
        columns = {"lease_token": None, "lease_until": None, "next_at": Now() + pause, "attempts": F("attempts") - 1}
        with transaction.atomic():
            Attempt.objects.filter(pk__in=[talk.attempt.pk for talk in talks], finished_at=None).delete()
            self.rows.filter(pk__in=ids, attempts__gt=1).update(state=State.DEFERRED, **columns)
            self.rows.filter(pk__in=ids).update(state=State.QUEUED, **columns)


def due_sites() -> list[str]:
    """Where somebody's time has come, and which is not being left alone."""
    rows = Recipient.objects.filter(state__in=DUE_STATES, next_at__lte=Now())
    return list(rows.exclude(sites.left_alone()).order_by().values_list("site", flat=True).distinct())


def sites_of(outgoing_id: int) -> list[str]:
    """Where addressees of that letter are, due or not: its bell may have rung for others, too."""
    rows = Recipient.objects.filter(outgoing=outgoing_id)
    return list(dict.fromkeys(rows.order_by("pk").values_list("site", flat=True)))


@transaction.atomic
def claim(key: str, rules: Rules) -> Claim | None:
    """Those who are due at that domain or way out; None if nobody is, or if its site bears no more talks now.

    The next try is written down before the first word is said, so that no crash makes us call without pause."""
    moment, began = now(), monotonic()
    if sites.free_slots(sites.lock(key), moment, rules) <= 0:
        return None
    found = _due(key, rules)
    rows = _of_one_author(_still_of(key, found))
    if not rows:
        return None
    token = uuid4()
    numbers = _lease(rows, token, moment, rules)
    planned = plan.talks(rows, most=rules.per_talk)
    talks = tuple(_talk(people, number, moment) for people, number in zip(planned, numbers, strict=False))
    more = len(rows) < len(found) or len(found) == rules.at_once
    return Claim(key, rows[0].outgoing.mailbox, token, talks, more, rules, moment, began)


def _due(key: str, rules: Rules) -> list[Addressee]:
    """Single letters before mass mailings, and in one claim of five the other way round, so that both get on."""
    found: list[Addressee] = []
    for bulk in (True, False) if random() < rules.bulk_turn else (False, True):  # noqa: S311 it takes turns, it guards nothing
        if room := rules.at_once - len(found):
            found += due.read(key, bulk=bulk, most=room)
    return found


def _still_of(key: str, rows: Sequence[Addressee]) -> list[Addressee]:
    """Those whose Mailbox still has this way out; the others are told their new one."""
    homes = {row.pk: plan.site_of(row.outgoing.mailbox, row.address) for row in rows}
    for home in {home for home in homes.values() if home != key}:
        Recipient.objects.filter(pk__in=[pk for pk, one in homes.items() if one == home]).update(site=home)
    return [row for row in rows if homes[row.pk] == key]


def _of_one_author(rows: Sequence[Addressee]) -> list[Addressee]:
    """One domain's letters: whether it may send to the world is its own affair."""
    authors = [plan.domain_of(row.outgoing.return_path) for row in rows]
    return [row for row, author in zip(rows, authors, strict=True) if author == authors[0]]


def begin(talk: Talk, recipients: Sequence[Addressee]) -> Talk:
    """Another transaction for some addressees of that one."""
    return _talk(recipients, many.draw(Attempt, 1)[0], talk.attempt.started_at)


def _talk(people: Sequence[Addressee], number: int, moment: datetime) -> Talk:
    return Talk(people[0].outgoing, Begun(number, moment), tuple(people))


def _lease(rows: Sequence[Addressee], token: UUID, moment: datetime, rules: Rules) -> list[int]:
    """Addressees of one letter share the time of their next try, and so the next talk."""
    again: dict[tuple[int, int], datetime] = {}
    for one in rows:
        one.attempts += 1
        if (one.outgoing_id, one.attempts) not in again:
            spread = random()  # noqa: S311 it spreads load, it guards nothing
            again[one.outgoing_id, one.attempts] = next_try(moment, one.attempts, one.outgoing.expires_at, spread) or moment
    return due.lease(rows, [again[one.outgoing_id, one.attempts] for one in rows], token, moment + rules.lease)
