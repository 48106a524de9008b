"""What the relay writes for each letter: how the last talk ended, and that the next dot is about to go; by one statement,
which is one transaction and one wait for the disk. What ended for several addressees is written by another one before it.

The lease's token stands in every condition, so that nothing is written over another worker's work.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from mailbox.models import many
from mailbox.outbox.claims import Talk

Row = dict[str, object]
Given = Mapping[str, Any]

MARGIN = timedelta(seconds=20)  # a lease that is about to end counts as ended: nobody else may look while the dot goes

# It is kept prepared: planning it would cost as much as running it. Every table is entered by an id, so that the plan is
# right also after the tables have grown.
LETTER = """
WITH settled AS (
    UPDATE mailbox_recipient SET
        state = %(state)s, next_at = %(next_at)s::timestamptz, done_at = %(done_at)s::timestamptz, lease_until = NULL,
        lease_token = CASE WHEN %(state)s = 'unknown' THEN lease_token END,
        host = %(host)s, trouble = %(trouble)s, code = %(code)s::int, enhanced = %(enhanced)s, reply = %(reply)s
    WHERE id = %(recipient)s::bigint AND lease_token = %(token)s AND state IN ('leased', 'unknown')
        AND %(state)s::text IS NOT NULL
    RETURNING id
), judged AS (
    UPDATE mailbox_verdict SET verdict = %(verdict)s, code = %(code)s::int, enhanced = %(enhanced)s, reply = %(reply)s
    WHERE attempt_id = %(attempt)s::bigint AND recipient_id = %(recipient)s::bigint
        AND (%(state)s::text IS NULL OR EXISTS (SELECT FROM settled))
), told AS (
    UPDATE mailbox_attempt SET
        phase = 'done', host = %(host)s, address = %(address)s, tls = %(tls)s, dialogue = %(dialogue)s::jsonb,
        trouble = %(trouble)s, started_at = %(started_at)s::timestamptz, finished_at = %(finished_at)s::timestamptz
    WHERE id = %(attempt)s::bigint
), held AS (
    SELECT count(*) AS number FROM mailbox_recipient
    WHERE id = ANY(%(dotted)s::bigint[]) AND lease_token = %(token)s AND state = 'leased'
        AND lease_until > statement_timestamp() + %(margin)s
), dotted AS (
    UPDATE mailbox_attempt SET phase = 'dot_sent', host = %(next_host)s, address = %(next_address)s, tls = %(next_tls)s
    WHERE id = %(next)s::bigint AND (SELECT number FROM held) = cardinality(%(dotted)s::bigint[])
)
SELECT (SELECT count(*) FROM settled), (SELECT number FROM held)
"""
MANY = """
WITH outcome AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s) AS (
        recipient bigint, attempt bigint, verdict text, state text, next_at timestamptz, done_at timestamptz, host text,
        trouble text, code int, enhanced text, reply text)
), settled AS (
    UPDATE mailbox_recipient AS row SET
        state = outcome.state, next_at = outcome.next_at, done_at = outcome.done_at, lease_until = NULL,
        lease_token = CASE WHEN outcome.state = 'unknown' THEN row.lease_token END,
        host = outcome.host, trouble = outcome.trouble, code = outcome.code, enhanced = outcome.enhanced, reply = outcome.reply
    FROM outcome
    WHERE row.id = outcome.recipient AND row.lease_token = %(token)s AND row.state IN ('leased', 'unknown')
        AND outcome.state IS NOT NULL
    RETURNING row.id
), judged AS (
    UPDATE mailbox_verdict AS row SET
        verdict = outcome.verdict, code = outcome.code, enhanced = outcome.enhanced, reply = outcome.reply
    FROM outcome
    WHERE row.attempt_id = outcome.attempt AND row.recipient_id = outcome.recipient
        AND (outcome.state IS NULL OR outcome.recipient IN (SELECT id FROM settled))
), told AS (
    UPDATE mailbox_attempt AS row SET
        phase = 'done', host = talk.host, address = talk.address, tls = talk.tls, dialogue = talk.dialogue,
        trouble = talk.trouble, started_at = talk.started_at, finished_at = talk.finished_at
    FROM jsonb_to_recordset(%(talks)s) AS talk (
        attempt bigint, host text, address text, tls text, dialogue jsonb, trouble text, started_at timestamptz,
        finished_at timestamptz)
    WHERE row.id = talk.attempt
)
SELECT count(*) FROM settled
"""
COLUMNS = [
    "recipient", "attempt", "verdict", "state", "next_at", "done_at", "host", "trouble", "code", "enhanced", "reply",
    "address", "tls", "dialogue", "started_at", "finished_at",
]  # fmt: skip
NOBODY: Row = dict.fromkeys(COLUMNS)


def write(token: UUID, rows: Sequence[Row], talks: Sequence[Row], dot: Talk | None) -> tuple[int, int]:
    """How many addressees of `rows` were still ours, and how many of the letter whose dot may go now."""
    if len(rows) == len(talks) == 1:
        return _write(_letter(token, {**talks[0], **rows[0]}, dot))
    with transaction.atomic():
        settled = _settle({"token": token, "rows": json.dumps(rows), "talks": json.dumps(talks)}) if talks else 0
        _, held = _write(_letter(token, NOBODY, dot)) if dot else (0, 0)
    return settled, held


def _write(given: Given) -> tuple[int, int]:
    [(settled, held)] = many.prepared(LETTER, given)
    return settled, held


def _settle(given: Given) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MANY, given)
        settled: int = cursor.fetchone()[0]
    return settled


def _letter(token: UUID, ended: Row, dot: Talk | None) -> Given:
    attempt = dot.attempt if dot else None
    return {
        **ended,
        "dialogue": json.dumps(ended["dialogue"]),
        "token": token,
        "margin": MARGIN,
        "dotted": [recipient.pk for recipient in dot.recipients] if dot else [],
        "next": attempt.pk if attempt else None,
        "next_host": attempt.host if attempt else "",
        "next_address": attempt.address if attempt else "",
        "next_tls": attempt.tls if attempt else "",
    }
