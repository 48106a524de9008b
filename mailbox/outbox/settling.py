"""What a talk decided is written down: every addressee's own outcome, and only while the claim still stands."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from random import random
from time import monotonic

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from mailbox import live
from mailbox.models import Attempt, Mailbox, Outgoing, Recipient
from mailbox.outbox import claims, ledger
from mailbox.outbox.claims import Claim, LeaseLost, Talk
from mailbox.outbox.due import Letter
from mailbox.outbox.schedule import next_try
from mailbox.smtp.record import Record
from mailbox.smtp.verdict import Outcome
from mailbox.smtp.verdict import Verdict as Decision

logger = logging.getLogger(__name__)

State = Recipient.State
FINAL = set(Recipient.FINAL)
Kind = Attempt.Verdict

TELL_EVERY = 0.3  # seconds between two rounds of telling the open pages, while letters go out one after the other

Noted = tuple[Talk, Sequence[Outcome], Record]

# What an outcome makes of the addressee's row and of the talk's verdict on it.
MEANING = {
    Decision.ACCEPTED: (State.SENT, Kind.ACCEPTED),
    Decision.REFUSED: (State.FAILED, Kind.REFUSED),
    Decision.LATER: (State.DEFERRED, Kind.LATER),
    Decision.OVERFLOW: (State.LEASED, Kind.LATER),
    Decision.UNKNOWN: (State.UNKNOWN, Kind.UNKNOWN),
    Decision.HELD: (State.HELD, Kind.HELD),
}


class Books:
    """The outcomes of one claim. What was noted goes into the tables together with the next letter's "the dot is about to
    go", in one commit; `close` writes what is left."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._noted: list[Noted] = []
        self._changed: dict[int, set[int]] = defaultdict(set)  # letters by Mailbox, of which open pages do not know yet
        self._unknown_to: list[tuple[Letter, Outcome]] = []  # what our own server refused, of which the Mailbox does not know yet
        self._told_at = monotonic()

    def note(self, talk: Talk, outcomes: Sequence[Outcome], record: Record) -> None:
        self._noted.append((talk, outcomes, record))

    def commit_dot(self, talk: Talk) -> None:
        """The last thing before the final dot: from here on a crash means unknown. Raises LeaseLost."""
        self._write(talk)

    def close(self) -> None:
        if self._noted:
            self._write()
        self._tell()

    def tell(self) -> None:
        """What is written down, in between; never between "the dot is about to go" and the dot."""
        if monotonic() - self._told_at > TELL_EVERY:
            self._tell()

    def split(self, talk: Talk, outcomes: Sequence[Outcome]) -> Talk | None:
        """The talk for those who had no room in that one, all else being written down."""
        pairs = zip(talk.recipients, outcomes, strict=True)
        rest = [recipient for recipient, outcome in pairs if outcome.verdict is Decision.OVERFLOW]
        if not rest:
            return None
        self.close()
        return claims.begin(talk, rest)

    def _write(self, dot: Talk | None = None) -> None:
        """A worker that was taken for dead finds its rows given away and leaves them alone; one whose letter was called
        unknown meanwhile still knows better."""
        moment = self.claim.now()
        ends, talks = _ends(self._noted, moment), [_told(moment, *noted) for noted in self._noted]
        written, held = ledger.write(self.claim.token, ends, talks, dot)
        if written < sum(len(end.recipients) for end in ends):
            logger.error("Letters to %s were given to another worker; somebody may get one twice.", self.claim.site)
        for talk, outcomes, _ in self._noted:
            self._changed[talk.outgoing.mailbox_id].add(talk.outgoing.pk)
            if refused := next((outcome for outcome in outcomes if outcome.verdict is Decision.HELD), None):
                self._unknown_to.append((talk.outgoing, refused))
        self._noted.clear()
        if dot:
            if held < len(dot.recipients):
                raise LeaseLost
            dot.attempt.is_written = True

    def _tell(self) -> None:
        self._told_at = monotonic()
        while self._unknown_to:
            _hold_back(*self._unknown_to[-1])
            self._unknown_to.pop()
        for mailbox_id, outgoing_ids in self._changed.items():
            live.tell_of(mailbox_id, "outgoing", *outgoing_ids)
        self._changed.clear()


def add_ending(talk: Talk, record: Record) -> None:
    """How the line was left (QUIT): good to read, but no outcome hangs on it, so the commit waits for no disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
        Attempt.objects.filter(pk=talk.attempt.pk).update(dialogue=record.lines)
        live.tell_of(talk.outgoing.mailbox_id, "outgoing", talk.outgoing.pk)


def digest_of(mailbox: Mailbox) -> bytes:
    """Of the sealed password: after somebody has entered another one it differs."""
    return blake2b(bytes(mailbox.secret), digest_size=16).digest()


def decide(outcome: Outcome, attempts: int, moment: datetime, expires_at: datetime) -> tuple[State, datetime]:
    """The addressee's state and next time. What is put off beyond the letter's life has failed; of an unknown one the time
    says since when nobody knows."""
    state, _ = MEANING[outcome.verdict]
    if state != State.DEFERRED:
        return state, moment
    next_at = next_try(moment, attempts, expires_at, random())  # noqa: S311 it spreads load, it guards nothing
    return (State.DEFERRED, next_at) if next_at else (State.FAILED, moment)


def _ends(noted: Sequence[Noted], moment: datetime) -> list[ledger.End]:
    """Addressees of one fate together: those of one letter who share the time of their next try share the next talk, too."""
    ends: dict[tuple[object, ...], ledger.End] = {}
    for talk, outcomes, _ in noted:
        for recipient, outcome in zip(talk.recipients, outcomes, strict=True):
            if outcome.verdict is Decision.OVERFLOW:
                continue
            alike = (talk.outgoing.pk, recipient.attempts) if outcome.verdict is Decision.LATER else ()
            key = outcome, talk.attempt.host, *alike
            if key not in ends:
                state, next_at = decide(outcome, recipient.attempts, moment, talk.outgoing.expires_at)
                ends[key] = ledger.End(state, next_at, moment if state in FINAL else None, talk.attempt.host, outcome)
            ends[key].recipients.append(recipient.pk)
    return list(ends.values())


def _told(moment: datetime, talk: Talk, outcomes: Sequence[Outcome], record: Record) -> ledger.Told:
    trouble = next((outcome.trouble for outcome in outcomes if outcome.trouble), "")
    return ledger.Told(talk, [MEANING[outcome.verdict][1].value for outcome in outcomes], record.lines, trouble, moment)


def _hold_back(outgoing: Letter, outcome: Outcome) -> None:
    """Our own server does not know us: the person is told on the Mailbox too, and another password frees the letter."""
    mailbox = outgoing.mailbox
    Outgoing.objects.filter(pk=outgoing.pk).update(held_with=digest_of(mailbox))
    Mailbox.objects.filter(pk=mailbox.pk).update(
        state=Mailbox.State.SIGN_IN, trouble=outcome.trouble, trouble_since=Coalesce("trouble_since", Now())
    )
    live.tell_of(mailbox.pk, "mailbox", mailbox.pk)
