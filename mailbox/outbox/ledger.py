"""What the relay writes for each letter, in one statement: how the last talk ended, and that the next dot is about to go.

One statement is one transaction and one wait for the disk. The lease's token stands in every condition, so that nothing is
written over another worker's work.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import psycopg
from django.db import connection

from mailbox.outbox.claims import Talk

Row = dict[str, object]

STATEMENT = """
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
), held AS (
    UPDATE mailbox_recipient SET lease_until = statement_timestamp() + %(lease)s
    WHERE id = ANY(%(dotted)s) AND lease_token = %(token)s AND state = 'leased'
    RETURNING id
), dotted AS (
    UPDATE mailbox_attempt SET phase = 'dot_sent', host = %(host)s, address = %(address)s, tls = %(tls)s
    WHERE id = %(attempt)s AND (SELECT count(*) FROM held) = cardinality(%(dotted)s::bigint[])
)
SELECT (SELECT count(*) FROM settled), (SELECT count(*) FROM held)
"""


def write(token: UUID, rows: Sequence[Row], talks: Sequence[Row], dot: Talk | None, lease: timedelta) -> tuple[int, int]:
    """How many addressees of `rows` were still ours, and how many of the letter whose dot may go now.

    The statement is kept prepared: planning it would cost as much as running it."""
    attempt = dot.attempt if dot else None
    given = {
        "token": token,
        "rows": json.dumps(rows),
        "talks": json.dumps(talks),
        "lease": lease,
        "dotted": [recipient.pk for recipient in dot.recipients] if dot else [],
        "attempt": attempt.pk if attempt else None,
        "host": attempt.host if attempt else "",
        "address": attempt.address if attempt else "",
        "tls": attempt.tls if attempt else "",
    }
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        written, held = cursor.execute(STATEMENT, given, prepare=True).fetchone() or (0, 0)
    return int(written), int(held)
