"""The Date header, as RFC 5322 section 3.3 has it and as mailers write it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
# Hours from UTC. RFC 5322 section 4.3 knows the American ones; of military letters it says that they mean nothing.
_ZONES = {"ut": 0, "utc": 0, "gmt": 0, "z": 0, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7,
          "pst": -8, "kst": 9, "jst": 9, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3}  # fmt: skip
_USUAL = re.compile(r"(?:[a-z]{3}, )?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})\b", re.I | re.A)
_COMMENT = re.compile(r"\([^()]*\)")
_CLOCK = re.compile(r"(\d{1,2})\s*[:.]\s*(\d{2})(?:\s*[:.]\s*(\d{2}))?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?!\d)")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_LONGEST = 200
_YEARS = range(1900, 2200)  # what lies outside is a broken clock
_HALF_DAY = 12


def read_date(text: str) -> datetime | None:
    """An aware datetime, in UTC if the zone is unknown or impossible; None if it is no date between 1900 and 2199."""
    text = text[:_LONGEST]
    if (usual := _USUAL.match(text)) and usual[2].lower() in _MONTHS:
        day, month, year, hour, minute, second, zone = usual.groups()
        return _made((int(year), _MONTHS[month.lower()], int(day)), (hour, minute, second), zone)
    text = _COMMENT.sub("", text)
    found = _CLOCK.search(text)
    before, after = (text[: found.start()], text[found.end() :]) if found else (text, "")
    # "Thu Mar 12 17:20:01 2026": the year may stand last.
    date = _day(before) or _day(f"{before} {_OFFSET.sub('', after)}")
    return _made(date, found.groups("0") if found else "000", after) if date else None


def _made(date: tuple[int, int, int], clock: Sequence[str], rest: str) -> datetime | None:
    hour, minute, second = map(int, clock)
    if rest.strip()[:2].lower() == "pm" and hour < _HALF_DAY:
        hour += _HALF_DAY
    try:
        made = datetime(*date, hour, minute, min(second, 59), tzinfo=_zone(rest))
    except ValueError:
        return None
    return made if made.year in _YEARS else None


def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day in whatever order they stand; a year of two digits as RFC 5322 section 4.3 says."""
    tokens = _TOKEN.findall(text)
    numbers = [token for token in tokens if token.isdecimal()]
    month = next((_MONTHS[token[:3].lower()] for token in tokens if token[:3].lower() in _MONTHS), 0)
    if not month and len(numbers) > 2 and len(numbers[0]) == 4:  # ISO 8601
        month = int(numbers.pop(1)[:2])
    if len(numbers) < 2 or not month:
        return None
    first, second = numbers[0], numbers[1]
    number, digits = (second, first) if len(first) > 2 or int(first) > 31 else (first, second)
    year = int(digits[:5])
    if len(digits) < 4:
        year += 2000 if year < 50 else 1900
    return year, month, int(number[:5])


@lru_cache(maxsize=64)
def _zone(text: str) -> timezone:
    if offset := _OFFSET.search(text):
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes >= 24 * 60:
            return UTC
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    word = _TOKEN.search(text)
    return timezone(timedelta(hours=_ZONES.get(word[0].lower(), 0) if word else 0))
