"""One deed for all that are chosen."""

import json

from django.test import Client

from mailbox.models import Bulk, Flag, Folder, Mailbox, Placement
from mailbox.sync import bulk
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


def test_outside_the_trash_nothing_is_said_to_be_deleted(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Kept")
    url = f"/t/{placement.message.thread_id}/for-ever?in={inbox.pk}"
    assert "Only what lies in Trash can be deleted for ever." in browser.post(url, **HTMX).content.decode()
    assert Placement.objects.live().get() == placement


def test_every_letter_of_the_list_goes(browser: Client, inbox: Folder) -> None:
    for number in range(3):
        lay(inbox, f"No {number}")
    answer = browser.post("/bulk/?list=inbox", {"do": "archive", "every": "1"}, **HTMX)
    assert "Working on 3 letters" in answer.content.decode()
    job = Bulk.objects.get()
    bulk.carry_on(job.pk)
    assert roles() == {"archive"}
    done = browser.get(f"/bulk/{job.pk}/", **HTMX)
    assert "Done: 3 letters changed" in done.content.decode()
    assert "Undo" in done.content.decode()


def test_every_unread_conversation_goes(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Read", flags=Flag.SEEN)
    lay(inbox, "Unread")
    browser.post("/bulk/?list=inbox&show=unread", {"do": "trash", "every": "1"}, **HTMX)
    bulk.carry_on(Bulk.objects.get().pk)
    assert Placement.objects.live().get(folder__role="trash").message.subject == "Unread"


def test_somebody_elses_letters_are_never_among_every(browser: Client, inbox: Folder, bobs: Mailbox) -> None:
    lay(bobs.folders.get(role="inbox"), "Bob's")
    lay(inbox, "Hers")
    browser.post("/bulk/?list=inbox", {"do": "trash", "every": "1"}, **HTMX)
    assert len(Bulk.objects.get().letters) == 1


def test_only_trash_is_deleted_for_ever(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    kept, thrown = lay(inbox, "Kept"), lay(alices.folders.get(role="trash"), "Thrown away")
    browser.post("/bulk/", {"do": "for_ever", "t": [row_of(kept), row_of(thrown)]})
    assert Placement.objects.live().get() == kept
