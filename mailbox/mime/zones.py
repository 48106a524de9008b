"""Time zones as a calendar file describes them (RFC 5545 section 3.6.5), for names that no zone database knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_WEEKS = ("1", "2", "3", "4", "5", "-1")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Observance:
    """STANDARD or DAYLIGHT: from `onset` on, every year anew if there is a rule, clocks differ from UTC by `offset`."""

    onset: datetime  # local, without a zone
    offset: timedelta
    month: int = 0  # of the yearly rule; 0: none
    week: int = 1  # the first, second, ... such weekday of the month; -1: the last
    weekday: int = 6  # Monday is 0


def rule_of(text: str) -> tuple[int, int, int]:
    """month, week and weekday of "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"; (0, 1, 6) of any other rule."""
    rule = dict(piece.split("=", 1) for piece in text.upper().split(";") if "=" in piece)
    day = rule.get("BYDAY", "")
    week, month = day[:-2].removeprefix("+") or "1", rule.get("BYMONTH", "")
    if rule.get("FREQ") != "YEARLY" or day[-2:] not in _WEEKDAYS or not month.isdecimal() or not 1 <= int(month[:3]) <= 12:
        return 0, 1, 6
    return int(month), int(week) if week in _WEEKS else 1, _WEEKDAYS.index(day[-2:])


def offset_at(moment: datetime, observances: list[Observance]) -> timedelta | None:
    """The offset in force at a local time: that of the observance which began last; None if none is described."""
    begun = [(onset, one.offset) for one in observances for onset in _onsets(one, moment.year) if onset <= moment]
    if begun:
        return max(begun)[1]
    return observances[0].offset if observances else None


def _onsets(one: Observance, year: int) -> list[datetime]:
    if not one.month:
        return [one.onset]
    return [_onset(one, one.onset.replace(year=which, month=one.month, day=1)) for which in (year - 1, year)]


def _onset(one: Observance, first: datetime) -> datetime:
    """The day of the rule in the month that begins with `first`."""
    day = first + timedelta(days=(one.weekday - first.weekday()) % 7)
    weeks = [day + timedelta(weeks=number) for number in range(5)]
    weeks = [candidate for candidate in weeks if candidate.month == first.month]
    return weeks[-1] if one.week < 0 or one.week > len(weeks) else weeks[one.week - 1]
