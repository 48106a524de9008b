"""Send later: the menu of the sheet, the list, and the buttons of a letter that waits."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mailbox.forms.when import PICKED, WhenForm, offers
from mailbox.models import Draft, Mailbox, Outgoing
from tests.outbox.letters import post
from tests.views.writing import DOCK, sheet

HOUR = timedelta(hours=1)


@pytest.fixture
def browser(client: Client, alices: Mailbox, alice: User) -> Client:
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def tomorrow() -> str:
    return (timezone.localtime() + timedelta(days=1)).strftime(PICKED)


def test_a_letter_for_tomorrow(browser: Client, alice: User) -> None:
    answer = browser.post(reverse("draft_schedule", args=[uuid4()]), sheet(alice, at=tomorrow()), headers=DOCK)
    outgoing = Outgoing.objects.get()
    assert timezone.localtime(outgoing.not_before).strftime(PICKED) == tomorrow()
    assert "Scheduled for bob@hamburger.edu" in answer.content.decode()


def test_the_time_is_one_of_the_person_s_zone(browser: Client, alice: User) -> None:
    User.objects.update(time_zone="Asia/Seoul")
    at = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT08:00")
    browser.post(reverse("draft_schedule", args=[uuid4()]), sheet(alice, when=at))
    assert Outgoing.objects.get().not_before.strftime("%H:%M") == "23:00"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Choose a day and a time."),
        ("soon", "That is not a time of your zone."),
        ("2001-01-01T08:00", "That time has passed."),
        ("2999-01-01T08:00", "more than a year away"),
    ],
)
def test_a_time_that_is_none(browser: Client, alice: User, typed: str, sentence: str) -> None:
    answer = browser.post(reverse("draft_schedule", args=[uuid4()]), sheet(alice, when=typed), headers=DOCK)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Outgoing.objects.exists()


def test_an_hour_that_the_clocks_leave_out(alice: User) -> None:
    with timezone.override("Europe/Paris"):
        form = WhenForm({"when": "2099-03-29T02:30"})
        assert form.sentence


def test_the_list_shows_what_waits(browser: Client, alices: Mailbox) -> None:
    outgoing = post(alices, after=HOUR, subject="Pickle tasting")
    page = browser.get(reverse("scheduled")).content.decode()
    assert "Pickle tasting" in page
    assert reverse("outgoing", args=[outgoing.pk]) in page
    assert "Nothing scheduled" not in page


def test_an_empty_list_says_how_to_fill_it(browser: Client) -> None:
    assert "Nothing scheduled" in browser.get(reverse("scheduled")).content.decode()


def test_its_panel_offers_what_helps(browser: Client, alices: Mailbox) -> None:
    page = browser.get(reverse("outgoing", args=[post(alices, after=HOUR).pk])).content.decode()
    assert all(words in page for words in ("Send now", "Edit", "Do not send", "Change time"))


def test_send_now(browser: Client, alices: Mailbox) -> None:
    first = post(alices, after=HOUR)
    answer = browser.post(reverse("outgoing_now", args=[first.pk]))
    second = Outgoing.objects.latest("pk")
    assert answer["Location"] == reverse("outgoing", args=[second.pk])
    assert second.recipients.get().state == "queued"


def test_change_the_time(browser: Client, alices: Mailbox) -> None:
    browser.post(reverse("outgoing_reschedule", args=[post(alices, after=HOUR).pk]), {"when": tomorrow()})
    assert timezone.localtime(Outgoing.objects.latest("pk").not_before).strftime(PICKED) == tomorrow()


def test_edit_opens_the_draft(browser: Client, alices: Mailbox) -> None:
    answer = browser.post(reverse("outgoing_undo", args=[post(alices, after=HOUR).pk]))
    assert answer["Location"] == reverse("draft", args=[Draft.objects.get().key])


def test_every_offer_lies_ahead() -> None:
    for hour in range(24):
        here = timezone.localtime().replace(hour=hour)
        assert all(offer.at > here for offer in offers(here))
