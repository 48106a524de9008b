"""What a talk decided is written down: every addressee's own outcome, and only while the claim still stands."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from random import random

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from mailbox import live
from mailbox.models import Attempt, Mailbox, Outgoing, Recipient, Verdict
from mailbox.outbox import claims
from mailbox.outbox.claims import Claim, Talk
from mailbox.outbox.clock import now
from mailbox.outbox.schedule import next_try
from mailbox.smtp.record import Record
from mailbox.smtp.verdict import Outcome
from mailbox.smtp.verdict import Verdict as Decision

logger = logging.getLogger(__name__)

State = Recipient.State
Kind = Verdict.Kind

# What an outcome makes of the addressee's row and of the talk's verdict on it.
MEANING = {
    Decision.ACCEPTED: (State.SENT, Kind.ACCEPTED),
    Decision.REFUSED: (State.FAILED, Kind.REFUSED),
    Decision.LATER: (State.DEFERRED, Kind.LATER),
    Decision.OVERFLOW: (State.LEASED, Kind.LATER),
    Decision.UNKNOWN: (State.UNKNOWN, Kind.UNKNOWN),
    Decision.HELD: (State.HELD, Kind.HELD),
}


@transaction.atomic
def settle(claim: Claim, talk: Talk, outcomes: Sequence[Outcome], record: Record) -> Talk | None:
    """Write the outcomes (one for each addressee of the talk). The talk that those need who had no room in this one.

    A worker that was taken for dead finds its rows given away and leaves them alone; one whose letter was called unknown
    meanwhile still knows better."""
    if held := next((outcome for outcome in outcomes if outcome.verdict is Decision.HELD), None):
        _hold_back(claim, held)
    ours = Recipient.objects.filter(lease_token=claim.token, state__in=[State.LEASED, State.UNKNOWN])
    rows = ours.select_for_update().in_bulk([recipient.pk for recipient in talk.recipients])
    if len(rows) < len(talk.recipients):
        logger.error("Letter %s was given to another worker; somebody may get it twice.", claim.outgoing.pk)
    pairs = zip(talk.recipients, outcomes, strict=True)
    decided = [(recipient, outcome) for recipient, outcome in pairs if recipient.pk in rows]
    _write(claim, talk, decided)
    _write_attempt(talk.attempt, outcomes, record)
    live.tell_of(claim.mailbox.pk, "outgoing", claim.outgoing.pk)
    rest = [recipient for recipient, outcome in decided if outcome.verdict is Decision.OVERFLOW]
    return claims.begin(claim.outgoing, rest) if rest else None


def add_ending(claim: Claim, talk: Talk, record: Record) -> None:
    """How the line was left (QUIT): good to read, but no outcome hangs on it, so the commit waits for no disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
        Attempt.objects.filter(pk=talk.attempt.pk).update(dialogue=record.lines)
        live.tell_of(claim.mailbox.pk, "outgoing", claim.outgoing.pk)


def digest_of(mailbox: Mailbox) -> bytes:
    """Of the sealed password: after somebody has entered another one it differs."""
    return blake2b(bytes(mailbox.secret), digest_size=16).digest()


def decide(outcome: Outcome, attempts: int, moment: datetime, expires_at: datetime) -> dict[str, object]:
    """The columns of the addressee's row as the outcome leaves them. What is put off beyond the letter's life has failed;
    an unknown one keeps its token, and `next_at` says since when nobody knows."""
    state, _ = MEANING[outcome.verdict]
    next_at: datetime | None = moment
    if state == State.DEFERRED:
        next_at = next_try(moment, attempts, expires_at, random())  # noqa: S311 it spreads load, it guards nothing
        state = State.DEFERRED if next_at else State.FAILED
    return {
        "state": state,
        "next_at": next_at or moment,
        "lease_until": None,
        "done_at": moment if state in Recipient.FINAL else None,
        "trouble": outcome.trouble,
        **({} if state == State.UNKNOWN else {"lease_token": None}),
        **_reply(outcome),
    }


def _reply(outcome: Outcome) -> dict[str, object]:
    if outcome.reply is None:
        return {"code": None, "enhanced": "", "reply": ""}
    return {"code": outcome.reply.code, "enhanced": outcome.reply.enhanced, "reply": str(outcome.reply)}


def _write(claim: Claim, talk: Talk, decided: Sequence[tuple[Recipient, Outcome]]) -> None:
    """Those of one fate by one statement; they share the time of their next try, and so the next talk."""
    moment = now()
    fates: dict[tuple[Outcome, int], list[int]] = defaultdict(list)
    for recipient, outcome in decided:
        fates[outcome, recipient.attempts].append(recipient.pk)
    for (outcome, attempts), ids in fates.items():
        talk.attempt.verdicts.filter(recipient__in=ids).update(verdict=MEANING[outcome.verdict][1], **_reply(outcome))
        if outcome.verdict is not Decision.OVERFLOW:
            columns = decide(outcome, attempts, moment, claim.outgoing.expires_at)
            Recipient.objects.filter(pk__in=ids).update(host=talk.attempt.host, **columns)


def _write_attempt(attempt: Attempt, outcomes: Sequence[Outcome], record: Record) -> None:
    attempt.phase = Attempt.Phase.DONE
    attempt.dialogue = record.lines
    attempt.trouble = next((outcome.trouble for outcome in outcomes if outcome.trouble), "")
    attempt.finished_at = now()
    attempt.save(update_fields=["phase", "host", "address", "tls", "dialogue", "trouble", "finished_at"])


def _hold_back(claim: Claim, outcome: Outcome) -> None:
    """Our own server does not know us: the person is told on the Mailbox too, and another password frees the letter."""
    Outgoing.objects.filter(pk=claim.outgoing.pk).update(held_with=digest_of(claim.mailbox))
    Mailbox.objects.filter(pk=claim.mailbox.pk).update(
        state=Mailbox.State.SIGN_IN, trouble=outcome.trouble, trouble_since=Coalesce("trouble_since", Now())
    )
    live.tell_of(claim.mailbox.pk, "mailbox", claim.mailbox.pk)
