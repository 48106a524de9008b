"""The pauses between tries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.outbox.rules import RULES
from mailbox.outbox.schedule import LIFE, next_try, pause
from mailbox.outbox.sites import slots_after

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
MIDDLE = 0.5  # no jitter


def test_it_doubles_from_five_minutes_and_stays_at_four_hours() -> None:
    minutes = [pause(attempts) / timedelta(minutes=1) for attempts in range(1, 10)]
    assert minutes == [5, 10, 20, 40, 80, 160, 240, 240, 240]


def test_the_last_try_is_at_the_very_end() -> None:
    assert next_try(NOON, 9, NOON + timedelta(hours=1), MIDDLE) == NOON + timedelta(hours=1)


def test_then_its_life_is_over() -> None:
    assert next_try(NOON, 9, NOON, MIDDLE) is None


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_its_share(attempts: int, chance: float) -> None:
    again = next_try(NOON, attempts, NOON + LIFE, chance)
    assert again
    assert 0.849 <= (again - NOON) / pause(attempts) <= 1.151


@pytest.mark.parametrize("chance", [0, 0.5, 0.99])
def test_a_letter_is_tried_two_dozen_times(chance: float) -> None:
    moment, tries = NOON, 0
    while moment is not None:
        tries += 1
        moment = next_try(moment, tries, NOON + LIFE, chance)
    assert 20 <= tries <= 29


def test_t59_one_failure_takes_one_slot_and_as_many_letters_as_there_are_slots_give_one_back() -> None:
    assert slots_after(5, RULES, taken=0, failed=True) == 4
    assert slots_after(1, RULES, taken=0, failed=True) == 1
    assert slots_after(4, RULES, taken=4, failed=False) == 5
    assert slots_after(10, RULES, taken=100, failed=False) == RULES.most_slots
