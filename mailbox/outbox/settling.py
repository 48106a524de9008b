"""What a talk decided is written down: every addressee's own outcome, and only while the claim still stands."""

import logging
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from random import random

from django.db import transaction

from mailbox import live
from mailbox.models import Attempt, Mailbox, Outgoing, Recipient, Verdict
from mailbox.outbox import claims
from mailbox.outbox.claims import Claim, Talk
from mailbox.outbox.clock import now
from mailbox.outbox.schedule import next_try
from mailbox.smtp.record import Record
from mailbox.smtp.verdict import Outcome
from mailbox.smtp.verdict import Verdict as Said

logger = logging.getLogger(__name__)

State = Recipient.State
Decision = tuple[Recipient, Outcome]

STATES = {
    Said.ACCEPTED: State.SENT,
    Said.REFUSED: State.FAILED,
    Said.LATER: State.DEFERRED,
    Said.UNKNOWN: State.UNKNOWN,
    Said.HELD: State.HELD,
}
KINDS = {
    Said.ACCEPTED: Verdict.Kind.ACCEPTED,
    Said.REFUSED: Verdict.Kind.REFUSED,
    Said.LATER: Verdict.Kind.LATER,
    Said.OVERFLOW: Verdict.Kind.LATER,
    Said.UNKNOWN: Verdict.Kind.UNKNOWN,
    Said.HELD: Verdict.Kind.HELD,
}
DECIDED = ["state", "next_at", "lease_until", "lease_token", "host", "code", "enhanced", "reply", "trouble", "done_at"]


@transaction.atomic
def settle(claim: Claim, talk: Talk, outcomes: Sequence[Outcome], record: Record) -> Talk | None:
    """Write the outcomes (one for each addressee of the talk). The talk that those need who had no room in this one.

    A worker that was taken for dead finds its rows given away and leaves them alone; one whose letter was called unknown
    meanwhile still knows better."""
    if held := next((outcome for outcome in outcomes if outcome.verdict is Said.HELD), None):
        _hold_back(claim, held)
    ours = Recipient.objects.filter(lease_token=claim.token, state__in=[State.LEASED, State.UNKNOWN])
    rows = ours.select_for_update().in_bulk([recipient.pk for recipient in talk.recipients])
    decided = [
        (rows[recipient.pk], outcome)
        for recipient, outcome in zip(talk.recipients, outcomes, strict=True)
        if recipient.pk in rows
    ]
    if len(rows) < len(talk.recipients):
        logger.error("Letter %s was given to another worker; somebody may get it twice.", claim.outgoing.pk)
    _write_verdicts(talk, decided)
    _write_rows(claim, talk, [pair for pair in decided if pair[1].verdict is not Said.OVERFLOW])
    _write_attempt(talk.attempt, outcomes, record)
    rest = [recipient for recipient, outcome in decided if outcome.verdict is Said.OVERFLOW]
    return claims.begin(claim.outgoing, rest) if rest else None


def add_ending(claim: Claim, talk: Talk, record: Record) -> None:
    """How the line was left (QUIT): good to read, and no outcome hangs on it."""
    Attempt.objects.filter(pk=talk.attempt.pk).update(dialogue=record.lines)
    live.tell_of(claim.mailbox.pk, "outgoing", claim.outgoing.pk)


def digest_of(mailbox: Mailbox) -> bytes:
    """Of the sealed password: after somebody has entered another one it differs."""
    return blake2b(bytes(mailbox.secret), digest_size=16).digest()


def decide(recipient: Recipient, outcome: Outcome, moment: datetime, outgoing: Outgoing) -> None:
    """The row as the outcome leaves it. What is put off beyond the letter's life has failed."""
    recipient.state = STATES[outcome.verdict]
    recipient.code, recipient.enhanced, recipient.reply = reply_columns(outcome)
    recipient.trouble = outcome.trouble
    recipient.lease_until = None
    if recipient.state != State.UNKNOWN:
        recipient.lease_token = None
    if recipient.state == State.DEFERRED:
        again = next_try(moment, recipient.attempts, outgoing.expires_at, random())  # noqa: S311 it spreads load, it guards nothing
        recipient.state = State.DEFERRED if again else State.FAILED
        recipient.next_at = again or moment
    elif recipient.state == State.UNKNOWN:
        recipient.next_at = moment  # since when nobody knows
    recipient.done_at = moment if recipient.state in Recipient.FINAL else None


def reply_columns(outcome: Outcome) -> tuple[int | None, str, str]:
    """code, enhanced, reply."""
    return (outcome.reply.code, outcome.reply.enhanced, str(outcome.reply)) if outcome.reply else (None, "", "")


def _write_rows(claim: Claim, talk: Talk, decided: Sequence[Decision]) -> None:
    moment = now()
    for recipient, outcome in decided:
        recipient.host = talk.attempt.host
        decide(recipient, outcome, moment, claim.outgoing)
    Recipient.objects.bulk_update([recipient for recipient, _ in decided], DECIDED)
    live.tell_of(claim.mailbox.pk, "outgoing", claim.outgoing.pk)


def _write_verdicts(talk: Talk, decided: Sequence[Decision]) -> None:
    verdicts = {verdict.recipient_id: verdict for verdict in talk.attempt.verdicts.all()}
    for recipient, outcome in decided:
        verdict = verdicts[recipient.pk]
        verdict.verdict = KINDS[outcome.verdict]
        verdict.code, verdict.enhanced, verdict.reply = reply_columns(outcome)
    Verdict.objects.bulk_update(verdicts.values(), ["verdict", "code", "enhanced", "reply"])


def _write_attempt(attempt: Attempt, outcomes: Sequence[Outcome], record: Record) -> None:
    attempt.phase = Attempt.Phase.DONE
    attempt.dialogue = record.lines
    attempt.trouble = next((outcome.trouble for outcome in outcomes if outcome.trouble), "")
    attempt.finished_at = now()
    attempt.save(update_fields=["phase", "host", "address", "tls", "dialogue", "trouble", "finished_at"])


def _hold_back(claim: Claim, outcome: Outcome) -> None:
    """Our own server does not know us: the person is told on the Mailbox too, and another password frees the letter."""
    Outgoing.objects.filter(pk=claim.outgoing.pk).update(held_with=digest_of(claim.mailbox))
    Mailbox.objects.filter(pk=claim.mailbox.pk).update(state=Mailbox.State.SIGN_IN, trouble=outcome.trouble)
    live.tell_of(claim.mailbox.pk, "mailbox", claim.mailbox.pk)
