"""Rows are filled into one rendering of their kind: what they say is data all the same, and each language has its own."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mailbox.models import Folder
from mailbox.templatetags.drawing import still
from tests.views.conftest import HTMX, flat, lay

MOST = 8  # statements: session, person, folders, mailboxes, rows, what stands beside them, and two to spare
BESIDE = "mailbox_pastsearch"  # is asked of by one statement only


def test_foreign_text_fills_no_gap_and_makes_no_markup(browser: Client, inbox: Folder) -> None:
    lay(inbox, "<b>{who} {0.__class__}</b>")
    page = flat(browser.get("/"))
    assert page.count("&lt;b&gt;{who} {0.__class__}&lt;/b&gt;") >= 2
    assert "<b>{who}" not in page


def test_what_stays_the_same_is_rendered_once_in_each_language() -> None:
    with translation.override("en"):
        english = still("mailbox/_palette.html")
        assert still("mailbox/_palette.html") is english
    with translation.override("ko"):
        assert still("mailbox/_palette.html") is not english


def test_a_list_takes_few_statements(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Pickles")
    browser.get("/")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/")
    assert len(asked) <= MOST


def test_what_stands_beside_is_asked_once_however_many_want_it(browser: Client, inbox: Folder) -> None:
    found = lay(inbox, "Pickles").message
    page, label = (f"/t/{found.thread_id}/{more}?in={inbox.pk}" for more in ("", "label"))
    with CaptureQueriesContext(connection) as opened:
        browser.get(page, **HTMX)
    with CaptureQueriesContext(connection) as labelled:
        browser.post(label, {"new_label": "News"}, HTTP_HX_CURRENT_URL=f"http://testserver{page}", **HTMX)
    assert [sum(BESIDE in one["sql"] for one in asked) for asked in (opened, labelled)] == [1, 1]
