"""Not now: a conversation leaves the list and comes back at its top."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailbox.models import Folder, Mailbox, ThreadFolder
from mailbox.sync import snoozing
from tests.views.conftest import HTMX, flat, lay, place_row, row_of

TOMORROW = {"until": "tomorrow"}


def snooze(browser: Client, inbox: Folder, subject: str = "Pickles", **form: str) -> ThreadFolder:
    placement = lay(inbox, subject)
    answer = browser.post(f"/t/{placement.message.thread_id}/snooze?in={inbox.pk}", form or TOMORROW, **HTMX)
    assert answer.status_code == 200, answer.content
    return place_row(placement)


def test_it_leaves_the_list_and_is_among_the_snoozed(browser: Client, inbox: Folder) -> None:
    snooze(browser, inbox)
    assert "Pickles" not in flat(browser.get("/"))
    assert "Pickles" in flat(browser.get("/snoozed/"))


def test_its_unread_letters_are_not_counted_meanwhile(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Ketchup")
    snooze(browser, inbox, "Mustard")
    assert "1 unread" in flat(browser.get("/"))


def test_it_comes_back_to_the_top(browser: Client, inbox: Folder) -> None:
    row = snooze(browser, inbox)
    lay(inbox, "Newer", minutes=-60)
    ThreadFolder.objects.filter(pk=row.pk).update(snoozed_until=timezone.now() - timedelta(seconds=1))
    snoozing.wake_due()
    page = flat(browser.get("/"))
    assert page.index("Pickles") < page.index("Newer")


def test_it_is_not_back_before_its_time(browser: Client, inbox: Folder) -> None:
    snooze(browser, inbox)
    snoozing.wake_due()
    assert "Pickles" not in flat(browser.get("/"))


def test_another_letter_brings_it_back(browser: Client, inbox: Folder) -> None:
    row = snooze(browser, inbox)
    first = row.thread.messages.get()
    answer = b"Message-ID: <z@x>\r\nReferences: <%s>\r\nSubject: Re: Pickles\r\n\r\nHi.\r\n" % first.message_id.encode()
    lay(inbox, answer, minutes=-5)
    assert "Pickles" in flat(browser.get("/"))


def test_it_can_be_undone(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Pickles")
    answer = browser.post(f"/t/{placement.message.thread_id}/snooze?in={inbox.pk}", TOMORROW, **HTMX)
    token = flat(answer).split('name="token" value="')[1].split('"')[0]
    browser.post("/undo/", {"token": token}, **HTMX)
    row = place_row(placement)
    assert (row.snoozed_until, row.woke_at) == (None, None)


def test_it_can_be_brought_back_by_hand(browser: Client, inbox: Folder) -> None:
    row = snooze(browser, inbox)
    browser.post(f"/t/{row.thread_id}/wake?in={inbox.pk}", **HTMX)
    row.refresh_from_db()
    assert row.snoozed_until is None
    assert row.woke_at


def test_a_time_of_ones_own_is_in_ones_own_zone(browser: Client, inbox: Folder) -> None:
    inbox.mailbox.access.get(role="owner").user.__class__.objects.update(time_zone="Asia/Seoul")
    row = snooze(browser, inbox, until="at", at="2999-03-17T08:00")
    assert row.snoozed_until
    assert row.snoozed_until.isoformat() == "2999-03-16T23:00:00+00:00"


@pytest.mark.parametrize("form", [{"until": "at", "at": "2001-01-01T08:00"}, {"until": "at", "at": "x"}, {"until": "x"}, {}])
def test_nonsense_is_said_kindly(browser: Client, inbox: Folder, form: dict[str, str]) -> None:
    placement = lay(inbox, "Pickles")
    answer = browser.post(f"/t/{placement.message.thread_id}/snooze?in={inbox.pk}", form, **HTMX)
    assert answer.status_code == 403
    assert "Choose a" in flat(answer)


def test_the_chosen_ones_go_together(browser: Client, inbox: Folder) -> None:
    rows = [row_of(lay(inbox, f"No {number}")) for number in range(2)]
    answer = browser.post("/bulk/snooze/?list=inbox", {**TOMORROW, "t": rows}, **HTMX)
    assert "2 conversations snoozed until" in flat(answer)
    assert ThreadFolder.objects.snoozed().count() == 2


def test_what_lies_in_the_trash_cannot_be_put_off(browser: Client, alices: Mailbox) -> None:
    trash = alices.folders.get(role="trash")
    placement = lay(trash, "Gone")
    assert browser.post(f"/t/{placement.message.thread_id}/snooze?in={trash.pk}", TOMORROW).status_code == 404


def test_somebody_elses_is_not_found(stranger: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Pickles")
    assert stranger.post(f"/t/{placement.message.thread_id}/snooze?in={inbox.pk}", TOMORROW).status_code == 404
    stranger.post("/bulk/snooze/", {**TOMORROW, "t": [row_of(placement)]})
    assert not ThreadFolder.objects.snoozed().exists()
