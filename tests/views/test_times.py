"""The times that a page offers for later."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailbox.views.times import offers

SEOUL = ZoneInfo("Asia/Seoul")


def keys(*moment: int) -> dict[str, str]:
    return {offer.key: f"{offer.when:%a %H:%M}" for offer in offers(datetime(2026, 3, *moment, tzinfo=SEOUL))}


def test_on_a_tuesday_morning() -> None:
    assert keys(17, 9) == {"today": "Tue 18:00", "tomorrow": "Wed 08:00", "weekend": "Sat 09:00", "week": "Mon 08:00"}


def test_in_the_evening_it_is_later() -> None:
    assert keys(17, 17, 30)["today"] == "Tue 21:00"


@pytest.mark.parametrize("day", [20, 21, 22])
def test_at_the_weekend_it_is_not_offered(day: int) -> None:
    assert "weekend" not in keys(day, 9)


def test_late_at_night_today_is_over() -> None:
    assert "today" not in keys(17, 23)


def test_the_clock_is_that_of_the_zone_also_when_it_changes() -> None:
    paris = ZoneInfo("Europe/Paris")
    tomorrow = next(one for one in offers(datetime(2026, 3, 28, 12, tzinfo=paris)) if one.key == "tomorrow")
    assert tomorrow.when.isoformat() == "2026-03-29T08:00:00+02:00"
