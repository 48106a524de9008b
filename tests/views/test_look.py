"""How people, moments and sizes look."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from mailbox.templatetags.look import day_heading, file_size, hue, initials, moment, row_time
from mailbox.views.rows import names

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)  # a Wednesday

MOMENTS = [  # how long ago, heading, time
    (timedelta(hours=3), "Today", "09:00"),
    (timedelta(days=1), "Yesterday", "12:00"),
    (timedelta(days=2), "This week", "Mon"),
    (timedelta(days=4), "Last week", "Sat"),
    (timedelta(days=20), "February", "26 Feb"),
    (timedelta(days=400), "February 2025", "2025"),
    (-timedelta(hours=20), "Today", "08:00"),
]


@pytest.mark.parametrize(("ago", "heading", "short"), MOMENTS)
def test_a_moment_is_as_short_as_it_can_be(ago: timedelta, heading: str, short: str) -> None:
    assert day_heading((NOW - ago).date(), NOW.date()) == heading
    assert row_time(NOW - ago, NOW) == short


def test_the_readers_own_midnight_divides_the_days() -> None:
    late = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)  # one in the morning in Seoul
    with timezone.override("Asia/Seoul"):
        assert row_time(timezone.localtime(late), timezone.localtime(NOW)) == "01:00"
    assert row_time(timezone.localtime(late), timezone.localtime(NOW)) == "16:00"


def test_running_text_says_the_weekday_and_the_time() -> None:
    assert moment(None) == ""
    assert moment(timezone.now() - timedelta(days=3)).count(":") == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bob Marlow", "BM"),
        ("박지훈", "지훈"),
        ("김하늘", "하늘"),
        ("bob@hamburger.edu", "BO"),
        ("", "?"),
        ("!!", "?"),
        ("Élise", "ÉL"),
    ],
)
def test_two_letters_stand_for_a_person(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_a_person_keeps_their_colour() -> None:
    assert hue("Bob@Hamburger.edu ") == hue("bob@hamburger.edu")
    assert {hue(f"{number}@x") for number in range(200)} == set(range(1, 9))


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 bytes"), (999, "999 bytes"), (96_000, "96 KB"), (2_800_000, "2.8 MB"), (50_000_000, "50 MB"), (10**12, "1000 GB")],
)
def test_a_size_is_round(size: int, words: str) -> None:
    assert file_size(size) == words


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([["Bob Marlow", "b@x"]], "Bob Marlow"),
        ([["", "b@x"]], "b@x"),
        ([["Alice", "me@x"]], "Me"),
        ([["Camille Roux", "c@x"], ["Noor Haddad", "n@x"], ["Alice", "me@x"]], "Camille, Noor, me"),
        ([["Bob Marlow", "b@x"], ["김하늘", "h@x"], ["Noor Haddad", "n@x"], ["Theo L", "t@x"]], "Bob, 김하늘 and 2 others"),
        ([["Marlow, Bob", "b@x"], ["c@x", "c@x"]], "Bob, c@x"),
    ],
)
def test_the_people_of_a_conversation_fit_in_a_row(people: list[list[str]], expected: str) -> None:
    assert names(people, {"me@x"}) == expected


def test_korean_people_come_whole_in_a_korean_page() -> None:
    with translation.override("ko"):
        assert row_time(NOW, NOW) == "오후 12:00"
