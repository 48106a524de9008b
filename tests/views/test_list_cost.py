"""A list costs O(page), never O(folder): counted in the blocks that PostgreSQL touches, at page 1 and deep down."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mailbox.models import Folder, ThreadFolder
from mailbox.views.rows import cursor_of

FULL = 20_000  # conversations
SMALL = 60
MOST = 250  # blocks: 51 rows by index, and of each its conversation; the whole folder has more than 400
FILL = """
    WITH fresh AS (
        INSERT INTO mailbox_thread (mailbox_id, base_subject, count, last_at)
        SELECT %(mailbox)s, 'No ' || number, 1, now() - number * interval '1 minute' FROM generate_series(1, %(count)s) AS number
        RETURNING id, last_at, base_subject
    )
    INSERT INTO mailbox_threadfolder
        (thread_id, folder_id, last_at, count, unread, flagged, has_attachments, people, subject, snippet)
    SELECT id, %(folder)s, last_at, 1, (id %% 50 = 0)::int, (id %% 50 = 0)::int, false, '[["Bob", "bob@x"]]', base_subject, ''
    FROM fresh
"""


@pytest.fixture
def full(inbox: Folder) -> Folder:
    """An inbox of many conversations, every fiftieth of them unread and starred."""
    fill(inbox, FULL)
    return inbox


def fill(folder: Folder, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"mailbox": folder.mailbox_id, "folder": folder.pk, "count": count})
        cursor.execute("ANALYZE mailbox_thread, mailbox_threadfolder, mailbox_folder, mailbox_access")


def blocks(browser: Client, url: str) -> int:
    """How many blocks the list's own query touches when that page is asked for."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "CROSS JOIN LATERAL" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert browser.get(url).status_code == 200
    [(sql, params)] = asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def deep(folder: Folder, filters: str = "") -> str:
    """The address of a page near the end."""
    row = ThreadFolder.objects.filter(folder=folder).order_by("last_at", "id")[200]
    return f"/?before={cursor_of(row)}{filters}"


def test_t50_the_first_page_touches_few_blocks(browser: Client, full: Folder) -> None:
    assert blocks(browser, "/") < MOST


def test_a_page_far_down_touches_no_more(browser: Client, full: Folder) -> None:
    assert blocks(browser, deep(full)) < MOST


@pytest.mark.parametrize("show", ["unread", "starred"])
def test_filters_touch_no_more_either(browser: Client, full: Folder, show: str) -> None:
    assert blocks(browser, f"/?show={show}") < MOST
    assert blocks(browser, deep(full, f"&show={show}")) < MOST


def test_a_full_folder_costs_hardly_more_than_a_small_one(browser: Client, inbox: Folder) -> None:
    fill(inbox, SMALL)
    small = blocks(browser, "/")
    fill(inbox, FULL)
    assert blocks(browser, "/") <= 2 * small + 50


def test_t49_a_flag_that_changes_touches_no_index(inbox: Folder) -> None:
    """So the row stays on its page (HOT), and no search index hears of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'mailbox_placement'")
        made = [one for (one,) in cursor.fetchall()]
    assert made
    assert not [one for one in made if "flags" in one]
