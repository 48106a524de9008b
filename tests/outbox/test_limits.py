"""How much a mailbox and a person may send: said before anything is queued, told to the operators once."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Draft, Mailbox, Outgoing, Posted
from mailbox.outbox import limits, posting, relay, sending
from mailbox.outbox.drafts import Written
from tests.outbox.letters import draft_of, post

TWO = "bob@hamburger.edu, kim@jangdok.example"


@pytest.fixture(autouse=True)
def narrow(settings: Settings) -> None:
    settings.SEND_PER_HOUR, settings.SEND_PER_DAY, settings.SYSTEM_MAILBOX = 3, 5, ""


def test_the_hour_is_full(alices: Mailbox) -> None:
    post(alices, TWO)
    with pytest.raises(limits.OverLimit, match="sends to 3 addresses an hour, and 1 of them are left"):
        post(alices, TWO)
    assert Outgoing.objects.count() == 1
    assert not Draft.objects.latest("pk").sent_at


def test_the_day_is_full(alices: Mailbox) -> None:
    for number in (2, 3):
        Posted.objects.create(mailbox=alices, hour=limits._hour_of(timezone.now()) - timedelta(hours=number), addressees=2)
    with pytest.raises(limits.OverLimit, match="sends to 5 addresses a day, and 1 of them"):
        post(alices, TWO)


def test_yesterday_does_not_count(alices: Mailbox) -> None:
    Posted.objects.create(mailbox=alices, hour=limits._hour_of(timezone.now()) - timedelta(days=1), addressees=5)
    post(alices, TWO)


def test_hours_that_no_longer_count_are_forgotten(alices: Mailbox) -> None:
    for days in (1, 3):
        Posted.objects.create(mailbox=alices, hour=limits._hour_of(timezone.now()) - timedelta(days=days))
    relay.sweep()
    assert Posted.objects.count() == 1


def test_a_mailbox_with_a_limit_of_its_own(alices: Mailbox) -> None:
    Mailbox.objects.update(most_per_hour=10, most_per_day=10)
    User.objects.update(most_per_hour=10, most_per_day=10)
    for _ in range(5):
        post(alices, TWO)


def test_a_person_s_limit_counts_every_mailbox(alices: Mailbox, alice: User) -> None:
    Posted.objects.create(user=alice, hour=limits._hour_of(timezone.now()), addressees=3)
    with pytest.raises(limits.OverLimit):
        post(alices)


def test_what_was_taken_back_does_not_count(alices: Mailbox, alice: User) -> None:
    for _ in range(4):
        posting.undo(posting.post_draft(draft_of(alices, TWO), alice), alice)
    assert set(Posted.objects.values_list("addressees", flat=True)) == {0}


def test_what_was_taken_back_is_found_whatever_the_web_s_clock_says(
    alices: Mailbox, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    posting.undo(posting.post_draft(draft_of(alices, TWO), alice), alice)
    assert set(Posted.objects.values_list("addressees", flat=True)) == {0}


def test_a_command_is_bound_too(alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nSubject: x\r\n\r\nhi\r\n"
    with pytest.raises(limits.OverLimit):
        posting.post_raw(alices, raw, [f"r{number}@hamburger.edu" for number in range(4)], "key")
    assert not Outgoing.objects.exists()


def test_the_operators_are_told_once(alices: Mailbox, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    many = ", ".join(f"r{number}@hamburger.edu" for number in range(4))
    for _ in range(3):
        draft = draft_of(alices)
        with pytest.raises(limits.OverLimit):
            sending.send(alice, draft.key, Written(draft.identity, to=many, subject="x", text="x"))
    assert [record.message for record in caplog.records if "sending limit" in record.message] == [
        "alice@crepes.fr has reached the sending limit; letters are refused until it is lower again."
    ]


def test_the_operators_get_a_letter(alice: User, bob: User, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.SYSTEM_MAILBOX = "postmaster@crepes.fr"
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    limits.alert(limits.OverLimit(alice, "This house sends to 3 addresses an hour."))
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [
        ([bob.email], "alice@crepes.fr has reached the sending limit")
    ]


def test_whoever_writes_to_many_lets_single_letters_go_first(alices: Mailbox, settings: Settings) -> None:
    settings.SEND_PER_HOUR = settings.SEND_PER_DAY = 1000
    Posted.objects.create(mailbox=alices, hour=limits._hour_of(timezone.now()), addressees=limits.MANY)
    assert post(alices).recipients.get().bulk
