"""What a claim takes from the tables and puts there: plain values and a statement for all of them, because a worker that
empties a queue would spend more on the rows than on the talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from mailbox.models import Mailbox, many

DUE = """
    SELECT one.id, one.address, one.kind, one.attempts, letter.id, letter.mailbox_id, letter.return_path, letter.size,
        letter.expires_at, letter.unfiled, letter.message_id, letter.notify
    FROM mailbox_recipient AS one
    JOIN mailbox_outgoing AS letter ON letter.id = one.outgoing_id
    JOIN mailbox_mailbox AS home ON home.id = letter.mailbox_id AND home.state <> 'paused'
    WHERE one.site = %s AND one.bulk = %s AND one.state IN ('scheduled', 'queued', 'deferred')
        AND one.next_at <= statement_timestamp()
    ORDER BY one.next_at, one.id LIMIT %s FOR UPDATE OF one SKIP LOCKED
"""
LEASE = """
    UPDATE mailbox_recipient AS row SET state = 'leased', lease_token = %(token)s, lease_until = %(until)s,
        attempts = fresh.attempts, next_at = fresh.next_at
    FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(next_at)s::timestamptz[]) AS fresh (id, attempts, next_at)
    WHERE row.id = fresh.id
    RETURNING nextval((SELECT pg_get_serial_sequence('mailbox_attempt', 'id')::regclass))
"""


@dataclass(slots=True)
class Letter:
    """Of an Outgoing; its bytes are read when they are needed."""

    pk: int
    mailbox_id: int
    return_path: str
    size: int
    expires_at: datetime
    unfiled: bool
    message_id: str
    notify: bool
    mailbox: Mailbox


@dataclass(slots=True)
class Addressee:
    """Of a Recipient."""

    pk: int
    address: str
    kind: str
    attempts: int
    outgoing: Letter

    @property
    def outgoing_id(self) -> int:
        return self.outgoing.pk


@dataclass(slots=True)
class Begun:
    """An Attempt under way, and what it has come to know; `is_written`: its dot was announced, and a row tells of it."""

    pk: int
    started_at: datetime
    host: str = ""
    address: str = ""
    tls: str = ""
    is_written: bool = False


def read(site: str, *, bulk: bool, most: int) -> list[Addressee]:
    """Locked in the caller's transaction; each letter and each Mailbox once, however many rows speak of it."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [site, bulk, most])
        found = cursor.fetchall()
    homes = Mailbox.objects.in_bulk({row[5] for row in found}) if found else {}
    letters = {row[4]: Letter(*(*row[4:], homes[row[5]])) for row in found}
    return [Addressee(*(*row[:4], letters[row[4]])) for row in found]


def lease(rows: Sequence[Addressee], again: Sequence[datetime], token: UUID, until: datetime) -> list[int]:
    """One statement for them all; `again`: when each is due if nobody is heard of. Ids for the Attempts that will tell of
    them, one for each addressee, upwards."""
    given = {
        "token": token,
        "until": until,
        "ids": many.listed([row.pk for row in rows]),
        "attempts": many.listed([row.attempts for row in rows]),
        "next_at": many.listed(again),
    }
    return sorted(pk for (pk,) in many.prepared(LEASE, given))
