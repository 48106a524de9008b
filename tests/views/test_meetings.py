"""The card of an invitation."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from mailbox.mime.letter import Address, Invitation
from mailbox.views.meetings import Meeting, meeting_of

BOB, CAMILLE, ALICE = Address("Bob", "bob@x"), Address("Camille", "camille@x"), Address("", "alice@x")


def card(**facts: object) -> Meeting:
    meeting = meeting_of(Invitation(method="REQUEST", **facts), {"alice@x"})  # type: ignore[arg-type]
    assert meeting is not None
    return meeting


def at(hour: int, day: int = 19) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(14), at(15), "Thursday 19 March, 14:00 to 15:00"),
        (at(14), None, "Thursday 19 March, 14:00"),
        (at(22), at(2, 20), "Thursday 19 March, 22:00 to Friday 20 March, 02:00"),
        (date(2026, 3, 19), date(2026, 3, 20), "Thursday 19 March"),
        (date(2026, 3, 19), date(2026, 3, 22), "Thursday 19 March to Saturday 21 March"),
        (datetime(2026, 3, 19, 14), None, "Thursday 19 March, 14:00, local time there"),
    ],
)
def test_it_says_when(start: datetime, end: datetime | None, words: str) -> None:
    assert card(start=start, end=end).when == words


def test_it_is_in_the_readers_own_zone() -> None:
    with timezone.override("Asia/Seoul"):
        assert card(start=at(16)).day == "20"


def test_it_says_who_comes() -> None:
    people = ((BOB, "accepted"), (CAMILLE, "declined"), (ALICE, "needs-action"))
    assert card(start=at(14), organizer=BOB, attendees=people).people == "Bob (organiser), Camille declined, you have not replied"


def test_one_without_a_time_is_no_card() -> None:
    assert meeting_of(Invitation(method="REQUEST"), set()) is None
