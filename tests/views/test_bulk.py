"""One deed for all that are chosen."""

import json

from django.test import Client

from mailbox.models import Flag, Folder, Mailbox, Placement
from tests.views.conftest import HTMX, lay, row_of


def roles() -> set[str]:
    return {placement.folder.role for placement in Placement.objects.live().select_related("folder")}


def test_all_the_chosen_leave(browser: Client, inbox: Folder) -> None:
    rows = [row_of(lay(inbox, f"No {number}")) for number in range(3)]
    answer = browser.post("/bulk/?list=inbox", {"do": "archive", "t": rows}, **HTMX)
    assert roles() == {"archive"}
    assert sorted(json.loads(answer["HX-Trigger"])["filed"]["rows"]) == sorted(rows)
    assert "3 conversations archived" in answer.content.decode()


def test_the_others_stay(browser: Client, inbox: Folder) -> None:
    chosen, left = lay(inbox, "Chosen"), lay(inbox, "Left")
    browser.post("/bulk/", {"do": "trash", "t": [row_of(chosen)]})
    assert Placement.objects.live().get(message=left.message_id).folder == inbox


def test_they_can_be_marked(browser: Client, inbox: Folder) -> None:
    rows = [row_of(lay(inbox, f"No {number}")) for number in range(2)]
    browser.post("/bulk/", {"do": "read", "t": rows}, **HTMX)
    assert all(placement.flags & Flag.SEEN for placement in Placement.objects.all())


def test_they_can_be_moved(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    junk = alices.folders.get(role="junk")
    browser.post("/bulk/", {"do": f"move:{junk.pk}", "t": [row_of(lay(inbox, "Flour"))]})
    assert roles() == {"junk"}


def test_somebody_elses_rows_are_left_alone(browser: Client, bobs: Mailbox) -> None:
    placement = lay(bobs.folders.get(role="inbox"), "Bob's")
    browser.post("/bulk/", {"do": "trash", "t": [row_of(placement)]})
    assert roles() == {"inbox"}


def test_nothing_chosen_is_said_kindly(browser: Client, inbox: Folder) -> None:
    answer = browser.post("/bulk/", {"do": "trash", "t": ["x", "1-", "-"]}, **HTMX)
    assert "Choose at least one conversation first." in answer.content.decode()


def test_an_unknown_deed_is_not_found(browser: Client, inbox: Folder) -> None:
    assert browser.post("/bulk/", {"do": "explode", "t": [row_of(lay(inbox, "Hello"))]}).status_code == 404


def test_only_trash_is_deleted_for_ever(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    kept, thrown = lay(inbox, "Kept"), lay(alices.folders.get(role="trash"), "Thrown away")
    browser.post("/bulk/", {"do": "for_ever", "t": [row_of(kept), row_of(thrown)]})
    assert Placement.objects.live().get() == kept
