"""Archive, delete, spam, back to the inbox, move: one press each."""

import json

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Change, Folder, Mailbox, Placement
from tests.views.conftest import HTMX, lay, row_of

DEEDS = [("archive", "archive"), ("trash", "trash"), ("spam", "junk")]


def where(placement: Placement) -> str:
    """The role of the folder that the letter lies in now."""
    return Placement.objects.live().get(message=placement.message_id).folder.role


@pytest.mark.parametrize(("deed", "role"), DEEDS)
def test_the_conversation_leaves_for_its_folder(browser: Client, inbox: Folder, deed: str, role: str) -> None:
    placement = lay(inbox, "Goodbye")
    browser.post(f"/t/{placement.message.thread_id}/{deed}?in={inbox.pk}")
    assert where(placement) == role


def test_spam_that_is_none_comes_back(browser: Client, alices: Mailbox) -> None:
    junk = alices.folders.get(role="junk")
    placement = lay(junk, "Honest")
    browser.post(f"/t/{placement.message.thread_id}/inbox?in={junk.pk}")
    assert where(placement) == "inbox"


def test_the_server_will_be_told(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    browser.post(f"/t/{placement.message.thread_id}/archive?in={inbox.pk}")
    assert Change.objects.get().kind == "move"


def test_it_moves_to_a_folder_that_was_chosen(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    folder = Folder.objects.create(mailbox=alices, name="Suppliers", wire_name="Suppliers", delimiter="/")
    placement = lay(inbox, "Flour")
    browser.post(f"/t/{placement.message.thread_id}/move?in={inbox.pk}", {"to": folder.pk})
    assert Placement.objects.live().get(message=placement.message_id).folder == folder


def test_it_never_moves_to_somebody_elses_folder(browser: Client, inbox: Folder, bobs: Mailbox) -> None:
    placement = lay(inbox, "Flour")
    target = bobs.folders.get(role="inbox")
    assert browser.post(f"/t/{placement.message.thread_id}/move?in={inbox.pk}", {"to": target.pk}).status_code == 404
    assert where(placement) == "inbox"


def test_without_script_one_is_back_in_the_list_and_told(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    page = browser.post(f"/t/{placement.message.thread_id}/archive?in={inbox.pk}&list=inbox", follow=True)
    assert page.redirect_chain == [("/", 302)]
    assert "Conversation archived" in page.content.decode()
    assert 'action="/undo/"' in page.content.decode()


def test_htmx_hears_which_row_left_and_how_to_undo(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Goodbye")
    answer = browser.post(f"/t/{placement.message.thread_id}/archive?in={inbox.pk}", **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"filed": {"rows": [row_of(placement)]}}
    assert 'action="/undo/"' in answer.content.decode()
    assert 'id="places"' in answer.content.decode()


@pytest.mark.parametrize("deed", ["archive", "trash", "spam", "inbox", "move", "star", "read", "for-ever"])
def test_a_stranger_does_not_find_it(stranger: Client, bobs_browser: Client, inbox: Folder, deed: str) -> None:
    placement = lay(inbox, "Private")
    for browser in (stranger, bobs_browser):
        assert browser.post(f"/t/{placement.message.thread_id}/{deed}?in={inbox.pk}").status_code == 404
    assert where(placement) == "inbox"


@pytest.mark.parametrize("deed", ["archive", "trash", "star", "read"])
def test_looking_is_not_doing(browser: Client, inbox: Folder, deed: str) -> None:
    placement = lay(inbox, "Hello")
    assert browser.get(f"/t/{placement.message.thread_id}/{deed}?in={inbox.pk}").status_code == 405


def test_a_conversation_that_is_not_in_that_folder_is_not_found(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    placement = lay(inbox, "Hello")
    other = alices.folders.get(role="archive").pk
    for query in (f"?in={other}", "?in=x", ""):
        assert browser.post(f"/t/{placement.message.thread_id}/trash{query}").status_code == 404


def test_somebody_who_may_only_read_is_told_so(browser: Client, alice: User, bobs: Mailbox) -> None:
    Access.objects.create(mailbox=bobs, user=alice, role="read")
    placement = lay(bobs.folders.get(role="inbox"), "Shared")
    answer = browser.post(f"/t/{placement.message.thread_id}/trash?in={placement.folder_id}", **HTMX)
    assert answer.status_code == 403
    assert "You may read this mailbox, but not change it." in answer.content.decode()
    assert where(placement) == "inbox"
