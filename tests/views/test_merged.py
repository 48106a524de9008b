"""The address of a conversation that became part of another."""

from django.test import Client

from mailbox.models import Folder, Merged, Placement, Thread
from tests.views.conftest import HTMX, lay

OLD = 10_000_000


def merged(inbox: Folder) -> Placement:
    placement = lay(inbox, "Pickles")
    Merged.objects.create(old=OLD, mailbox=inbox.mailbox, thread=placement.message.thread)
    return placement


def test_leads_to_the_other_one(browser: Client, inbox: Folder) -> None:
    thread = merged(inbox).message.thread_id
    answer = browser.get(f"/t/{OLD}/?in={inbox.pk}")
    assert (answer.status_code, answer["Location"]) == (302, f"/t/{thread}/?in={inbox.pk}")


def test_can_still_be_filed(browser: Client, inbox: Folder) -> None:
    merged(inbox)
    browser.post(f"/t/{OLD}/archive?in={inbox.pk}", **HTMX)
    assert Placement.objects.live().get().folder.role == "archive"


def test_is_not_found_by_a_stranger(stranger: Client, inbox: Folder) -> None:
    merged(inbox)
    assert stranger.get(f"/t/{OLD}/").status_code == 404


def test_is_not_found_if_there_never_was_one(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Pickles")
    assert browser.get(f"/t/{Thread.objects.latest('pk').pk + 1}/").status_code == 404
