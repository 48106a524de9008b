"""What a mail server would not do is said on the letter."""

import pytest
from django.test import Client

from mailbox.models import Change, Folder, Placement
from tests.views.conftest import HTMX, flat, lay

FULL = "[OVERQUOTA] The mail server refused MOVE. It said: Quota exceeded"


def refuse(inbox: Folder, kind: str = "move", result: str = FULL) -> Placement:
    placement = lay(inbox, "Pickles")
    args = {"placement": placement.pk, "folder": inbox.mailbox.folders.get(role="archive").pk}
    Change.objects.create(mailbox=inbox.mailbox, message=placement.message, kind=kind, state="refused", args=args, result=result)
    return placement


def page_of(browser: Client, placement: Placement) -> str:
    return flat(browser.get(f"/t/{placement.message.thread_id}/"))


def test_a_full_mailbox_is_said_in_plain_words(browser: Client, inbox: Folder) -> None:
    page = page_of(browser, refuse(inbox))
    assert "This letter could not be moved to Archive; it is back where it was." in page
    assert "The mailbox is full on the mail server." in page
    assert "Quota exceeded" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [("expunge", "could not be deleted"), ("append", "is kept here only"), ("flag", "could not be kept")],
)
def test_each_deed_in_its_own_words(browser: Client, inbox: Folder, kind: str, words: str) -> None:
    assert words in page_of(browser, refuse(inbox, kind, "No."))


def test_once_understood_it_is_not_said_again(browser: Client, inbox: Folder) -> None:
    placement = refuse(inbox)
    assert browser.post(f"/l/{placement.message_id}/understood", **HTMX).status_code == 200
    assert "could not be moved" not in page_of(browser, placement)


def test_somebody_elses_is_not_found(stranger: Client, inbox: Folder) -> None:
    assert stranger.post(f"/l/{refuse(inbox).message_id}/understood").status_code == 404
