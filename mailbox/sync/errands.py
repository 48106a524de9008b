"""What a pass has to do for a Mailbox besides looking at its server: one question, instead of one for each kind of errand."""

from functools import cache
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from mailbox.models import Change, Filter, Folder, Mailbox, Message, Thread, many
from mailbox.models.folder import STRIKES
from mailbox.sync import drafts, room, tidying
from mailbox.sync.hold import Hold


def of(hold: Hold) -> frozenset[str]:
    """The names of those that wait, as long as the pass has written nothing since it asked."""
    if hold.errands is None:
        hold.errands = ask(hold.mailbox.pk)
    return hold.errands


def ask(mailbox_id: int) -> frozenset[str]:
    """The names of those that wait; who sees to one looks more closely."""
    names, statement = _question()
    rows = many.prepared(statement, {"mailbox": mailbox_id})
    return frozenset(name for row in rows for name, waits in zip(names, row, strict=True) if waits)


@cache
def _question() -> tuple[list[str], str]:
    """Django takes longer to write it down than PostgreSQL to answer it, and planning it takes longer than both: so it is
    written once, and prepared. What is the same every time stands in it, or a partial index would not be seen to fit."""
    errands = _errands()
    rows = Mailbox.objects.filter(pk=0).values_list(*(Exists(errand) for errand in errands.values()))
    statement, values = rows.query.sql_with_params()
    head, _, tail = statement.rpartition("%s")  # the id
    connection.ensure_connection()
    written = psycopg.ClientCursor(connection.connection).mogrify(head, values[:-1])
    return list(errands), f"{written.replace('%', '%%')}%(mailbox)s{tail}"


def _errands() -> dict[str, QuerySet[Any]]:
    here, letters = OuterRef("pk"), Message.objects.filter(mailbox=OuterRef("pk"))
    folders = Folder.objects.filter(mailbox=here, selectable=True, uidvalidity__gt=0, renumbered__lt=STRIKES)
    return {
        "wanted": letters.filter(wanted_at__isnull=False),
        "changes": Change.objects.open().filter(mailbox=here, next_at__lte=Now()),
        "drafts": drafts.written().filter(mailbox=here),
        "copies": drafts.over().filter(mailbox=here),
        "import": folders.exclude(backfill_low_uid=0),
        "bodies": letters.filter(remote=True),
        "count": Mailbox.objects.filter(pk=here, letters_left__gt=0),
        "muted": Thread.objects.filter(mailbox=here, muted=True),
        "filters": Filter.objects.filter(mailbox=here, on=True),
        "limit": room.limits_of_owner(here),
        "domain": room.limits_of_domain(OuterRef("domain")),
        "ghosts": tidying.waiting(here),
        "stones": tidying.stones(here),
    }
