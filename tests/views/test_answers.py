"""An invitation is answered from its card; its organizer gets words and a calendar's reply, once for each answer."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.mime.read import read_letter
from mailbox.models import Access, Folder, Mailbox, Outgoing, Placement
from tests.views.conftest import HTMX, flat, lay, letter

CALENDAR = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:1@hamburger.edu
DTSTART:20260319T140000Z
SUMMARY:Pickle tasting
ORGANIZER;CN=Bob:mailto:bob@hamburger.edu
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{guest}
END:VEVENT
END:VCALENDAR
"""


def invite(inbox: Folder, method: str = "REQUEST", guest: str = "alice@crepes.fr") -> Placement:
    text = CALENDAR.format(method=method, guest=guest)
    return lay(inbox, letter("Pickle tasting", text=text, Content_Type=f"text/calendar; method={method}; charset=utf-8"))


def page(browser: Client, placement: Placement) -> str:
    return flat(browser.get(f"/t/{placement.message.thread_id}/?in={placement.folder_id}"))


def press(browser: Client, placement: Placement, answer: str) -> str:
    return flat(browser.post(f"/l/{placement.message_id}/answer", {"answer": answer}, **HTMX))


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_the_organizer_hears_of_it(browser: Client, inbox: Folder, answer: str) -> None:
    told = press(browser, invite(inbox), answer)
    assert f'value="{answer}" aria-pressed="true"' in told
    outgoing = Outgoing.objects.get()
    sent = read_letter(outgoing.letter())
    assert sent.invitation
    assert (sent.invitation.method, sent.invitation.attendees[0][1]) == ("REPLY", answer)
    assert [one.address for one in outgoing.recipients.all()] == ["bob@hamburger.edu"]


def test_the_same_answer_twice_is_one_letter(browser: Client, inbox: Folder) -> None:
    placement = invite(inbox)
    press(browser, placement, "accepted")
    press(browser, placement, "accepted")
    assert Outgoing.objects.count() == 1


def test_another_answer_is_another_letter(browser: Client, inbox: Folder) -> None:
    placement = invite(inbox)
    for answer in ("accepted", "declined", "accepted"):
        press(browser, placement, answer)
    assert Outgoing.objects.count() == 3
    assert 'value="accepted" aria-pressed="true"' in page(browser, placement)
    assert "you accepted" in page(browser, placement)


@pytest.mark.parametrize(
    ("method", "guest"), [("CANCEL", "alice@crepes.fr"), ("REPLY", "alice@crepes.fr"), ("REQUEST", "noor@x.fr")]
)
def test_what_cannot_be_answered_has_no_buttons(browser: Client, inbox: Folder, method: str, guest: str) -> None:
    placement = invite(inbox, method, guest)
    assert "Pickle tasting" in page(browser, placement)
    assert 'name="answer"' not in page(browser, placement)
    assert "cannot be answered" in press(browser, placement, "accepted")
    assert not Outgoing.objects.exists()


def test_c153_who_may_only_read_answers_nothing(bobs_browser: Client, bob: User, alices: Mailbox, inbox: Folder) -> None:
    Access.objects.create(mailbox=alices, user=bob, role=Access.Role.READ)
    assert "cannot be answered" in press(bobs_browser, invite(inbox), "accepted")
    assert not Outgoing.objects.exists()
