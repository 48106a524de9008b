"""Who is here hears at once; who is away is looked at rarely, and at once when they come back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.models import Mailbox
from mailbox.sync import presence

Bells = list[tuple[object, ...]]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Bells:
    bells: Bells = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: bells.append(args))
    return bells


@pytest.mark.parametrize(
    ("away", "poll"),
    [
        (timedelta(minutes=3), timedelta(minutes=1)),
        (timedelta(days=1), timedelta(minutes=5)),
        (timedelta(days=9), timedelta(minutes=15)),
        (timedelta(days=90), timedelta(hours=1)),
    ],
)
def test_the_longer_away_the_rarer_the_look(away: timedelta, poll: timedelta) -> None:
    now = timezone.now()
    assert presence.poll_after(Mailbox(incoming="imaps://x", seen_at=now - away), now) == poll


def test_a_watched_mailbox_is_polled_for_what_its_line_cannot_hear() -> None:
    now = timezone.now()
    watched = Mailbox(incoming="imaps://x", seen_at=now, watch_until=now + timedelta(seconds=9))
    assert presence.poll_after(watched, now) == presence.WATCHED_POLL


def test_who_comes_back_is_brought_up_at_once(alice: User, alices: Mailbox, bobs: Mailbox, rung: Bells) -> None:
    ago, later = timezone.now() - timedelta(days=9), timezone.now() + timedelta(minutes=9)
    Mailbox.objects.update(seen_at=ago, last_good_pass=ago, next_poll_at=later)
    presence.seen(alice.pk)
    presence.seen(alice.pk)
    assert rung == [("mirror.bring_up", alices.pk)]
    alices.refresh_from_db()
    bobs.refresh_from_db()
    assert alices.seen_at > timezone.now() - timedelta(minutes=1)
    assert alices.next_poll_at
    assert alices.next_poll_at <= timezone.now()
    assert (bobs.seen_at, bobs.next_poll_at) == (ago, later)


def test_what_was_looked_at_just_now_is_left_alone(alice: User, alices: Mailbox, rung: Bells) -> None:
    now = timezone.now()
    Mailbox.objects.update(seen_at=now - timedelta(days=9), last_good_pass=now)
    presence.seen(alice.pk)
    assert rung == []


@pytest.mark.parametrize("state", ["sign_in", "paused", "slowed", "trouble"])
def test_what_waits_goes_on_waiting(alice: User, alices: Mailbox, rung: Bells, state: str) -> None:
    Mailbox.objects.update(seen_at=timezone.now() - timedelta(days=9), state=state, next_poll_at=None)
    presence.seen(alice.pk)
    alices.refresh_from_db()
    assert (rung, alices.next_poll_at) == ([], None)
