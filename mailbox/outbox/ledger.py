"""What the relay writes for each letter: how the last talk ended, and that the next dot is about to go; by one statement,
which is one transaction and one wait for the disk. What ended for several letters is written by another one before it.

A talk gets its row when its dot goes, or when it has ended without one. The lease's token stands in every condition on an
addressee, so that nothing is written over another worker's work.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import transaction

from mailbox.models import many
from mailbox.outbox.claims import Talk
from mailbox.smtp.verdict import Outcome

# The parts of the statement for one letter. It is kept prepared: planning it would cost as much as running it. Every table is
# entered by an id, so that the plan is right also after the tables have grown. What is given are words: a number, a moment or a
# list costs the client several times as much.
SETTLED = """
settled AS (
    UPDATE mailbox_recipient SET
        state = %(state)s::text, next_at = %(next_at)s::timestamptz, done_at = %(done_at)s::timestamptz, lease_until = NULL,
        lease_token = CASE WHEN %(state)s::text = 'unknown' THEN lease_token END,
        host = %(ended_host)s, trouble = %(ended_trouble)s, code = %(code)s::int, enhanced = %(enhanced)s, reply = %(reply)s
    WHERE id = ANY(%(ended)s::bigint[]) AND lease_token = %(token)s AND state IN ('leased', 'unknown')
    RETURNING outgoing_id
)"""
TOLD = """
told AS (
    UPDATE mailbox_attempt SET
        phase = 'done', verdicts = %(verdicts)s::text[], host = %(host)s, address = %(address)s, tls = %(tls)s,
        dialogue = %(dialogue)s::jsonb, trouble = %(trouble)s, finished_at = %(finished_at)s::timestamptz
    WHERE id = %(attempt)s::bigint
)"""
TOLD_FIRST = """
told AS (
    INSERT INTO mailbox_attempt (id, outgoing_id, recipients, verdicts, host, address, tls, phase, dialogue, trouble,
        started_at, finished_at)
    SELECT %(attempt)s::bigint, outgoing_id, %(recipients)s::bigint[], %(verdicts)s::text[], %(host)s, %(address)s, %(tls)s,
        'done', %(dialogue)s::jsonb, %(trouble)s, %(started_at)s::timestamptz, %(finished_at)s::timestamptz
    FROM settled LIMIT 1
    ON CONFLICT (id) DO NOTHING
)"""
# A lease that is about to end counts as ended: nobody else may look while the dot goes.
HELD = """
held AS (
    SELECT count(*) AS number FROM mailbox_recipient
    WHERE id = ANY(%(dotted)s::bigint[]) AND lease_token = %(token)s AND state = 'leased'
        AND lease_until > statement_timestamp() + interval '20 seconds'
)"""
DOT = """
dot AS (
    INSERT INTO mailbox_attempt (id, outgoing_id, recipients, verdicts, host, address, tls, phase, dialogue, trouble, started_at,
        lease_token)
    SELECT %(next)s::bigint, %(next_letter)s::bigint, %(dotted)s::bigint[], %(open)s::text[], %(next_host)s, %(next_address)s,
        %(next_tls)s, 'dot_sent', '[]', '', %(next_started_at)s::timestamptz, %(token)s::uuid
    FROM held WHERE number = cardinality(%(dotted)s::bigint[])
)"""
DOT_AGAIN = """
dot AS (
    UPDATE mailbox_attempt SET host = %(next_host)s, address = %(next_address)s, tls = %(next_tls)s
    WHERE id = %(next)s::bigint AND (SELECT number FROM held) = cardinality(%(dotted)s::bigint[])
)"""
MANY = """
WITH fate AS (
    SELECT * FROM jsonb_to_recordset(%(ends)s::jsonb) AS (
        ended bigint[], state text, next_at timestamptz, done_at timestamptz, ended_host text, ended_trouble text, code int,
        enhanced text, reply text)
), settled AS (
    UPDATE mailbox_recipient AS row SET
        state = fate.state, next_at = fate.next_at, done_at = fate.done_at, lease_until = NULL,
        lease_token = CASE WHEN fate.state = 'unknown' THEN row.lease_token END,
        host = ended_host, trouble = ended_trouble, code = fate.code, enhanced = fate.enhanced, reply = fate.reply
    FROM fate, unnest(fate.ended) AS one (id)
    WHERE row.id = one.id AND row.lease_token = %(token)s AND row.state IN ('leased', 'unknown')
    RETURNING row.outgoing_id
), talk AS (
    SELECT * FROM jsonb_to_recordset(%(talks)s::jsonb) AS (
        attempt bigint, letter bigint, is_written bool, recipients bigint[], verdicts text[], host text, address text, tls text,
        dialogue text, trouble text, started_at timestamptz, finished_at timestamptz)
), told AS (
    UPDATE mailbox_attempt AS row SET
        phase = 'done', verdicts = talk.verdicts, host = talk.host, address = talk.address, tls = talk.tls,
        dialogue = talk.dialogue::jsonb, trouble = talk.trouble, finished_at = talk.finished_at
    FROM talk WHERE is_written AND row.id = talk.attempt
), told_first AS (
    INSERT INTO mailbox_attempt (id, outgoing_id, recipients, verdicts, host, address, tls, phase, dialogue, trouble,
        started_at, finished_at)
    SELECT attempt, letter, recipients, verdicts, host, address, tls, 'done', dialogue::jsonb, trouble, started_at,
        finished_at
    FROM talk WHERE NOT is_written AND letter IN (SELECT outgoing_id FROM settled)
    ON CONFLICT (id) DO NOTHING
)
SELECT count(*) FROM settled
"""


Given = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class End:
    """What has come of these addressees; `host`: who said so."""

    state: str
    next_at: datetime
    done_at: datetime | None
    host: str
    outcome: Outcome
    recipients: list[int] = field(default_factory=list)

    def columns(self) -> Given:
        reply = self.outcome.reply
        return {
            "ended": many.listed(self.recipients),
            "state": self.state,
            "next_at": str(self.next_at),
            "done_at": str(self.done_at) if self.done_at else None,
            "ended_host": self.host,
            "ended_trouble": self.outcome.trouble,
            "code": str(reply.code) if reply else None,
            "enhanced": reply.enhanced if reply else "",
            "reply": str(reply) if reply else "",
        }


@dataclass(frozen=True, slots=True)
class Told:
    """How a talk went."""

    talk: Talk
    verdicts: list[str]
    dialogue: Sequence[object]
    trouble: str
    finished_at: datetime

    def columns(self) -> Given:
        attempt = self.talk.attempt
        return {
            "attempt": str(attempt.pk),
            "letter": str(self.talk.outgoing.pk),
            "is_written": str(attempt.is_written),
            "recipients": many.listed([recipient.pk for recipient in self.talk.recipients]),
            "verdicts": many.listed(self.verdicts),
            "host": attempt.host,
            "address": attempt.address,
            "tls": attempt.tls,
            "dialogue": json.dumps(self.dialogue),
            "trouble": self.trouble,
            "started_at": str(attempt.started_at),
            "finished_at": str(self.finished_at),
        }


def write(token: UUID, ends: Sequence[End], talks: Sequence[Told], dot: Talk | None) -> tuple[int, int]:
    """How many addressees of `ends` were still ours, and how many of the letter whose dot may go now."""
    if len(ends) == len(talks) == 1:
        return _write_letter(token, ends[0], talks[0], dot)
    if dot is None:
        return _write_many(token, ends, talks), 0
    with transaction.atomic():
        settled = _write_many(token, ends, talks) if talks else 0
        _, held = _write_letter(token, None, None, dot)
    return settled, held


def _write_many(token: UUID, ends: Sequence[End], talks: Sequence[Told]) -> int:
    rows = {"ends": [end.columns() for end in ends], "talks": [told.columns() for told in talks]}
    [(settled,)] = many.prepared(MANY, {"token": str(token), **{name: json.dumps(these) for name, these in rows.items()}})
    return int(settled)


def _write_letter(token: UUID, end: End | None, told: Told | None, dot: Talk | None) -> tuple[int, int]:
    given: Given = {"token": str(token)}
    if end and told:
        given |= end.columns() | told.columns()
    if dot:
        given |= _next(dot)
    words = _letter(told.talk.attempt.is_written if told else None, dot.attempt.is_written if dot else None)
    [(settled, held)] = many.prepared(words, given)
    return settled, held


def _next(dot: Talk) -> Given:
    attempt, people = dot.attempt, [recipient.pk for recipient in dot.recipients]
    return {
        "dotted": many.listed(people),
        "open": many.listed(['""'] * len(people)),
        "next": str(attempt.pk),
        "next_letter": str(dot.outgoing.pk),
        "next_host": attempt.host,
        "next_address": attempt.address,
        "next_tls": attempt.tls,
        "next_started_at": str(attempt.started_at),
    }


@cache
def _letter(is_told: bool | None, is_dotted: bool | None) -> str:
    """The statement for a talk that has ended, if one has, and for a dot that will go, if one will; whether a row tells of that
    one and of this one already."""
    ended = [] if is_told is None else [SETTLED, TOLD if is_told else TOLD_FIRST]
    begun = [] if is_dotted is None else [HELD, DOT_AGAIN if is_dotted else DOT]
    settled = "(SELECT count(*) FROM settled)" if ended else "0"
    held = "(SELECT number FROM held)" if begun else "0"
    return f"WITH {','.join(ended + begun)} SELECT {settled}, {held}"
