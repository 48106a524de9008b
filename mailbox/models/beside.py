"""What stands beside every list, asked in one statement, because every page shows it and most of it is nothing."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import User

BESIDE = """
    WITH mine AS (SELECT mailbox_id FROM mailbox_access WHERE user_id = %(user)s)
    SELECT
        ARRAY(SELECT lower(address) FROM mailbox_identity JOIN mine USING (mailbox_id)),
        ARRAY(SELECT DISTINCT keyword::text FROM mailbox_label JOIN mine USING (mailbox_id)),
        ARRAY(SELECT query::text FROM mailbox_pastsearch WHERE user_id = %(user)s AND kept ORDER BY query),
        (SELECT count(*) FROM mailbox_draft WHERE user_id = %(user)s AND sent_at IS NULL AND discarded_at IS NULL),
        (SELECT count(*) FROM mailbox_outgoing AS letter JOIN mine USING (mailbox_id)
            WHERE chosen AND letter.id IN (SELECT outgoing_id FROM mailbox_recipient WHERE state = 'scheduled')),
        ARRAY(SELECT ARRAY[place.folder_id, count(*), sum(place.unread)]
            FROM mailbox_threadfolder AS place JOIN mailbox_folder AS folder ON folder.id = place.folder_id
            JOIN mine USING (mailbox_id) WHERE snoozed_until IS NOT NULL GROUP BY place.folder_id)
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """`snoozed` says by folder how many conversations are put off and how many unread letters are in them."""

    addresses: list[str]  # of all identities, in lower case
    keywords: list[str]
    kept: list[str]  # searches
    drafts: int
    scheduled: int
    snoozed: dict[int, tuple[int, int]]

    @classmethod
    def of(cls, user: User) -> "Beside":
        with connection.cursor() as cursor:
            cursor.execute(BESIDE, {"user": user.pk})
            addresses, keywords, kept, drafts, scheduled, snoozed = cursor.fetchone()
        numbers = {int(folder): (int(number), int(hidden)) for folder, number, hidden in snoozed}
        return cls(addresses, keywords, kept, drafts, scheduled, numbers)
