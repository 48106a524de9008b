"""Turning pages: by where the last one ended, never by counting."""

from django.db import connection
from django.test import Client
from django.utils.timezone import now

from mailbox.models import Folder, Thread, ThreadFolder
from mailbox.views.rows import cursor_of, read_cursor
from tests.views.conftest import flat


def fill(folder: Folder, count: int) -> None:
    """So many conversations, all of the same moment, so that only their ids tell them apart."""
    threads = Thread.objects.bulk_create(Thread(mailbox=folder.mailbox, count=1) for _ in range(count))
    moment = now()
    ThreadFolder.objects.bulk_create(
        ThreadFolder(thread=thread, folder=folder, last_at=moment, count=1, subject=f"No {number:03}")
        for number, thread in enumerate(threads)
    )


def subjects(page: str) -> list[str]:
    return [piece[:6] for piece in page.split('<span class="s" >')[1:]]


def older(page: str) -> str:
    return page.partition('<p class="list-more" hx-get="')[2].partition('"')[0].replace("&amp;", "&")


def test_every_conversation_is_on_exactly_one_page(browser: Client, inbox: Folder) -> None:
    fill(inbox, 120)
    url, seen = "/", []
    while url:
        page = flat(browser.get(url))
        seen += subjects(page)
        url = older(page)
    assert seen == [f"No {number:03}" for number in reversed(range(120))]


def test_htmx_gets_only_the_rows_to_add(browser: Client, inbox: Folder) -> None:
    fill(inbox, 60)
    page = flat(browser.get(older(flat(browser.get("/"))), HTTP_HX_REQUEST="true"))
    assert len(subjects(page)) == 10
    assert "<section" not in page


def test_a_day_that_goes_on_has_no_second_heading(browser: Client, inbox: Folder) -> None:
    fill(inbox, 60)
    first = flat(browser.get("/"))
    second = flat(browser.get(older(first), HTTP_HX_REQUEST="true"))
    assert '<h3 class="day">' in first
    assert '<h3 class="day">' not in second


def test_a_cursor_says_again_what_it_was_made_of(inbox: Folder) -> None:
    fill(inbox, 1)
    row = ThreadFolder.objects.get(folder=inbox)
    assert read_cursor(cursor_of(row)) == (row.last_at, row.pk)


def test_nonsense_for_a_cursor_shows_the_first_page(browser: Client, inbox: Folder) -> None:
    fill(inbox, 3)
    for nonsense in ("x", "1.2.3", "-5.1", "9" * 30 + ".1", "٣.٤", "1." + "9" * 25):
        assert browser.get("/", {"before": nonsense}).status_code == 200


def test_a_page_asks_no_more_of_a_full_folder_than_of_a_small_one(browser: Client, inbox: Folder) -> None:
    fill(inbox, 3)
    browser.get("/")  # the first page of a session also notes the device
    few = queries(browser)
    fill(inbox, 60)
    assert queries(browser) == few


def queries(browser: Client) -> int:
    asked: list[str] = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        browser.get("/")
    return len(asked)
