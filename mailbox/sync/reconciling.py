"""Once a day the list rows and the counts of every folder are held against where its letters lie, and put right.

`threads.refresh` keeps them right as letters come and go; this is for what a fault, or a hand in the database, has left.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from mailbox import live, threads
from mailbox.imap.labels import OF_PROGRAMS, OF_THUNDERBIRD
from mailbox.models import Flag, Folder

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=20)
MOST = 50  # folders at one time of asking

# The conversations of a folder whose row says something else than their letters do.
DRIFTED = """
    SELECT COALESCE(lying.thread_id, row.thread_id) FROM (
        SELECT message.thread_id, count(*) AS count,
               count(*) FILTER (WHERE placement.flags & %(seen)s = 0) AS unread,
               count(*) FILTER (WHERE placement.flags & %(flagged)s > 0) AS flagged
        FROM mailbox_placement AS placement JOIN mailbox_message AS message ON message.id = placement.message_id
        WHERE placement.folder_id = %(folder)s AND placement.gone_at IS NULL AND placement.flags & %(deleted)s = 0
        GROUP BY message.thread_id
    ) AS lying
    FULL JOIN (SELECT * FROM mailbox_threadfolder WHERE folder_id = %(folder)s) AS row ON row.thread_id = lying.thread_id
    WHERE (lying.count, lying.unread, lying.flagged) IS DISTINCT FROM (row.count, row.unread, row.flagged)
"""

# The conversations of a folder whose row shows other labels than their letters carry: as in a mirror that is older than
# its labels are.
MISLABELLED = """
    SELECT COALESCE(lying.thread_id, row.thread_id) FROM (
        SELECT message.thread_id, jsonb_agg(DISTINCT keyword) AS labels
        FROM mailbox_placement AS placement JOIN mailbox_message AS message ON message.id = placement.message_id
        CROSS JOIN unnest(placement.keywords) AS keyword
        WHERE placement.folder_id = %(folder)s AND placement.gone_at IS NULL AND placement.flags & %(deleted)s = 0
            AND placement.keywords <> '{}'
            AND CASE WHEN left(keyword, 1) IN ('$', '\\') THEN lower(keyword) = ANY(%(thunderbird)s)
                     ELSE keyword <> '' AND lower(keyword) <> ALL(%(programs)s) END
        GROUP BY message.thread_id
    ) AS lying
    FULL JOIN (SELECT * FROM mailbox_threadfolder WHERE folder_id = %(folder)s AND labels <> '[]') AS row
        ON row.thread_id = lying.thread_id
    WHERE (lying.labels @> row.labels AND row.labels @> lying.labels) IS NOT TRUE
"""


def reconcile_due(*, every: timedelta = EVERY) -> None:
    """Folder by folder, those first that have waited longest."""
    waiting = Folder.objects.filter(Q(counted_at=None) | Q(counted_at__lt=timezone.now() - every))
    for folder in waiting.order_by(F("counted_at").asc(nulls_first=True))[:MOST]:
        reconcile(folder)


@transaction.atomic
def reconcile(folder: Folder) -> int:
    """How many conversations were put right."""
    threads.lock(folder.mailbox_id)
    drifted = _drifted(folder)
    concerned = threads.refresh(drifted) if drifted else set()
    sums = folder.threads.aggregate(live=Sum("count", default=0), unread=Sum("unread", default=0))
    if Folder.objects.filter(pk=folder.pk).exclude(**sums).update(**sums) or drifted:
        logger.warning("The counts of folder %s had drifted, %d conversations of it too.", folder.pk, len(drifted))
        live.tell_of(folder.mailbox_id, "folder", *{folder.pk, *concerned})
    Folder.objects.filter(pk=folder.pk).update(counted_at=timezone.now())
    return len(drifted)


def _drifted(folder: Folder) -> set[int]:
    facts: dict[str, Any] = {"seen": int(Flag.SEEN), "flagged": int(Flag.FLAGGED), "deleted": int(Flag.DELETED)}
    facts |= {"folder": folder.pk, "thunderbird": list(OF_THUNDERBIRD), "programs": list(OF_PROGRAMS)}
    drifted: set[int] = set()
    with connection.cursor() as cursor:
        for question in (DRIFTED, MISLABELLED):
            cursor.execute(question, facts)
            drifted |= {thread for (thread,) in cursor.fetchall()}
    return drifted
