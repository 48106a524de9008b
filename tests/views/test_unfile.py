"""The way back from filing."""

import pytest
from django.test import Client

from mailbox.models import Folder, Placement
from tests.views.conftest import HTMX, SEEN, flat, lay


def token(page: str) -> str:
    return page.partition('name="token" value="')[2].partition('"')[0]


def archive(browser: Client, placement: Placement) -> str:
    url = f"/t/{placement.message.thread_id}/archive?in={placement.folder_id}"
    return token(flat(browser.post(url, **HTMX)))


def test_the_conversation_is_back(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    answer = browser.post("/undo/", {"token": archive(browser, placement)}, **HTMX)
    assert Placement.objects.live().get(message=placement.message_id).folder == inbox
    assert "unfiled" in answer["HX-Trigger"]


def test_without_script_too(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    page = browser.post("/undo/", {"token": archive(browser, placement)}, follow=True)
    assert "Goodbye" in flat(page)


def test_somebody_elses_token_does_nothing(browser: Client, stranger: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    answer = stranger.post("/undo/", {"token": archive(browser, placement)}, **HTMX)
    assert "This can no longer be undone." in flat(answer)
    assert Placement.objects.live().get(message=placement.message_id).folder.role == "archive"


@pytest.mark.parametrize(("page", "current"), [("/", "Inbox"), ("/starred/", "Starred"), ("/t/1/?in=1&list=drafts", "Drafts")])
def test_the_sidebar_keeps_its_current_line(browser: Client, inbox: Folder, page: str, current: str) -> None:
    undo = archive(browser, lay(inbox, "Goodbye", flags=SEEN))
    answer = browser.post("/undo/", {"token": undo}, HTTP_HX_CURRENT_URL=f"http://testserver{page}", **HTMX)
    assert f'title="{current}" aria-current="page"' in flat(answer)
