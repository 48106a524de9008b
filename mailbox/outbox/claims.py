"""Whose turn a letter is: claimed, held and recovered in transactions so short that nothing waits for them.

    scheduled -+                               +-> sent, failed, held, unknown
    queued ----+-- claim --> leased -- settle -+
    deferred --+               |               +-> deferred
                               |
                      lease ran out: recover --+-> queued    the dot had not gone
                                               +-> unknown   it had

A claim has a token. Whatever a worker does later asks first whether its token still stands on the rows, so one that was
taken for dead and wakes up again changes nothing. Only the database's clock is compared with.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from random import random
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from mailbox.models import Attempt, Mailbox, Outgoing, Recipient, Verdict
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox import plan
from mailbox.outbox.clock import now
from mailbox.outbox.rules import Rules
from mailbox.outbox.schedule import next_try

logger = logging.getLogger(__name__)

State = Recipient.State


class LeaseLost(Exception):
    """Somebody else was given these addressees: say nothing more for them."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One transaction to be: its addressees, and the Attempt that tells of it."""

    attempt: Attempt
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Addressees of one letter that one server takes, for one worker; `more`: others of them wait for another server."""

    outgoing: Outgoing
    token: UUID
    talks: tuple[Talk, ...]
    more: bool
    rules: Rules

    @property
    def mailbox(self) -> Mailbox:
        return self.outgoing.mailbox

    @property
    def rows(self) -> QuerySet[Recipient]:
        """What is still ours."""
        return Recipient.objects.filter(lease_token=self.token, state=State.LEASED)

    def hold(self) -> None:
        """Renew the lease. Raises LeaseLost; a database that is away is no reason to stop talking."""
        try:
            held = self.rows.update(lease_until=Now() + self.rules.lease)
        except DatabaseError as error:
            logger.warning("The lease of letter %s is not renewed (%s).", self.outgoing.pk, type(error).__name__)
            return
        if not held:
            raise LeaseLost

    def commit_dot(self, talk: Talk) -> None:
        """The last thing before the final dot: from here on a crash means unknown. Raises LeaseLost."""
        talk.attempt.phase = Attempt.Phase.DOT_SENT
        with transaction.atomic():
            held = self.rows.filter(pk__in=[recipient.pk for recipient in talk.recipients])
            if held.update(lease_until=Now() + self.rules.lease) < len(talk.recipients):
                raise LeaseLost
            talk.attempt.save(update_fields=["phase", "host", "address", "tls"])


def due(limit: int) -> list[int]:
    """The letters with an addressee whose time has come, the longest waiting first."""
    rows = Recipient.objects.filter(state__in=DUE_STATES, next_at__lte=Now()).exclude(
        outgoing__mailbox__state=Mailbox.State.PAUSED
    )
    return list(dict.fromkeys(rows.order_by("next_at", "pk").values_list("outgoing", flat=True)[:limit]))


@transaction.atomic
def claim(outgoing_id: int, rules: Rules) -> Claim | None:
    """The due addressees of a letter that share a way out; None if there is none, or if somebody is just claiming them.

    The next try is written down before the first word is said, so that no crash makes us call without pause."""
    letters = Outgoing.objects.exclude(mailbox__state=Mailbox.State.PAUSED).select_related("mailbox")
    outgoing = letters.select_for_update(skip_locked=True, of=("self",)).filter(pk=outgoing_id).first()
    if outgoing is None:
        return None
    rows = list(outgoing.recipients.filter(state__in=DUE_STATES, next_at__lte=Now()).order_by("pk").select_for_update())
    direct = outgoing.mailbox.outgoing_endpoint.protocol == "mx"
    talks = plan.talks(rows, direct=direct, most=rules.per_talk)
    if not talks:
        return None
    token = uuid4()
    chosen = [recipient for talk in talks for recipient in talk]
    _lease(chosen, outgoing, token, rules)
    begun = tuple(begin(outgoing, talk) for talk in talks)
    return Claim(outgoing, token, begun, len(chosen) < len(rows), rules)


def begin(outgoing: Outgoing, recipients: Sequence[Recipient]) -> Talk:
    """In the caller's transaction."""
    attempt = Attempt.objects.create(outgoing=outgoing)
    Verdict.objects.bulk_create(Verdict(attempt=attempt, recipient=recipient) for recipient in recipients)
    return Talk(attempt, tuple(recipients))


def _lease(recipients: Sequence[Recipient], outgoing: Outgoing, token: UUID, rules: Rules) -> None:
    """Those tried equally often by one statement; they share the time of their next try, and so the next talk."""
    moment = now()
    for recipient in recipients:
        recipient.attempts += 1
    for attempts in {recipient.attempts for recipient in recipients}:
        ids = [recipient.pk for recipient in recipients if recipient.attempts == attempts]
        again = next_try(moment, attempts, outgoing.expires_at, random()) or moment  # noqa: S311 it spreads load, it guards nothing
        columns = {"attempts": attempts, "lease_token": token, "lease_until": moment + rules.lease, "next_at": again}
        Recipient.objects.filter(pk__in=ids).update(state=State.LEASED, **columns)
