"""A search costs what it shows, not what there is: counted in the blocks that PostgreSQL touches."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User
from mailbox.models import Mailbox
from mailbox.search.conditions import Eye
from mailbox.search.find import Search
from mailbox.search.query import parse
from tests.conftest import make_mailbox
from tests.search.letters import NOON, folder

FULL = 20_000  # letters; to read each of them and where it lies takes 80,000 blocks
FILL = """
    WITH thread AS (
        INSERT INTO mailbox_thread (mailbox_id, base_subject, count, last_at)
        SELECT %(mailbox)s, '', 1, %(now)s::timestamptz - number * %(step)s * interval '1 minute'
        FROM generate_series(1, %(count)s) AS number RETURNING id, last_at
    ), message AS (
        INSERT INTO mailbox_message (mailbox_id, thread_id, identity, message_id, subject, from_name, from_address, to_preview,
            addressees, internal_date, size, snippet, has_attachments, damaged, reader_version, remote)
        SELECT %(mailbox)s, id, int8send(id), '', '', '', '', '', '[]', last_at, 9000, '', false, false, 1, false
        FROM thread RETURNING id, internal_date
    ), placement AS (
        INSERT INTO mailbox_placement (message_id, folder_id, uidvalidity, uid, flags, keywords, server_flags, server_keywords,
            modseq, sort_at)
        SELECT id, %(folder)s, 1, id, 1, '{}', 1, '{}', 0, internal_date FROM message
    )
    INSERT INTO mailbox_searchentry (message_id, mailbox_id, sort_at, text, tsv)
    SELECT id, %(mailbox)s, internal_date, '', array_to_tsvector(ARRAY[
        '@' || %(mailbox)s, '@' || %(mailbox)s || to_char(internal_date AT TIME ZONE 'UTC', '/YYYY'),
        '@' || %(mailbox)s || to_char(internal_date AT TIME ZONE 'UTC', '/YYYY-MM'), 'common', 'w' || id %% 997,
        CASE WHEN id %% (%(count)s / 20) = 0 THEN 'rare' ELSE 'frequent' END])
    FROM message
"""


def fill(mailbox: Mailbox, count: int) -> None:
    """So many letters of the last ten years."""
    given = {"mailbox": mailbox.pk, "folder": folder(mailbox).pk, "count": count, "now": NOON, "step": 5_256_000 // count}
    with connection.cursor() as cursor:
        cursor.execute(FILL, given)


def plans(user: User, typed: str) -> list[dict[str, Any]]:
    """How the queries of a page of findings were carried out."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "@@" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert Search(parse(typed).tree, Eye(user, NOON, ZoneInfo("UTC"))).page(size=20)
    with connection.cursor() as cursor:
        found = []
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            found.append(cursor.fetchone()[0][0])
    return found


def blocks(found: list[dict[str, Any]]) -> int:
    return sum(one["Plan"]["Shared Hit Blocks"] + one["Plan"]["Shared Read Blocks"] for one in found)


def test_a_page_reads_the_letters_of_its_time_and_not_the_mailbox(alice: User) -> None:
    fill(make_mailbox(alice), FULL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_words')")
        cursor.execute("ANALYZE mailbox_thread, mailbox_message, mailbox_placement, mailbox_searchentry")
    for typed in ("rare", "common", "frequent -rare", "w7 OR rare"):
        found = plans(alice, typed)
        assert all("search_words" in str(one) for one in found), typed
        assert blocks(found) < FULL / 5, typed
