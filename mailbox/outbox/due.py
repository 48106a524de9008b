"""What a claim takes from the tables and puts there: plain values and a statement for all of them, because a worker that
empties a queue would spend more on the rows than on the talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from mailbox.models import Attempt, Mailbox
from mailbox.models.many import draw

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
    UPDATE mailbox_recipient AS row SET state = 'leased', lease_token = %s, lease_until = %s,
        attempts = fresh.attempts, next_at = fresh.next_at
    FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS fresh (id, attempts, next_at) WHERE row.id = fresh.id
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


def lease(rows: Sequence[Addressee], again: Sequence[datetime], token: UUID, until: datetime) -> None:
    """One statement for them all; `again`: when each is due if nobody is heard of."""
    columns = [row.pk for row in rows], [row.attempts for row in rows], list(again)
    with connection.cursor() as cursor:
        cursor.execute(LEASE, [token, until, *columns])


def begin(number: int, moment: datetime) -> list[Begun]:
    """So many; only their ids are given out so far."""
    return [Begun(pk, moment) for pk in draw(Attempt, number)]
