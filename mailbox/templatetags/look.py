"""How a person, a moment and an icon look on a page: what the eye sees first when the letter has arrived."""

import re
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()

HUES = 8
HANGUL = re.compile(r"[가-힣]")


@cache
def _sprite() -> str:
    return static("icons.svg")


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; size "i-s" is small, "i-l" large."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', f"i {size}".strip(), _sprite(), name)


@register.filter
def hue(address: str) -> int:
    """The stamp colour of a person, 1 to 8: the same address always has the same."""
    return crc32(address.strip().lower().encode()) % HUES + 1


@register.filter
def initials(name: str) -> str:
    """Two letters for the stamp: 박지훈 gives 지훈, Bob Marlow BM, bob@hamburger.edu BO."""
    words: list[str] = re.findall(r"\w+", name.partition("@")[0])
    if not words:
        return "?"
    if HANGUL.search(words[-1]):
        return words[-1][-2:]
    if len(words) == 1:
        return words[0][:2].upper()
    return (words[0][0] + words[-1][0]).upper()


def _is_korean() -> bool:
    return (get_language() or "").startswith("ko")


def shown(when: datetime | date, pattern: str) -> str:
    """A date in Django's date format; its English abbreviations lose nothing and gain no full stop."""
    text: str = format_date(when, pattern)
    return text


def clock(when: datetime) -> str:
    """09:41, 오전 9:41, in the reader's own time zone."""
    return shown(timezone.localtime(when), "A g:i" if _is_korean() else "H:i")


def row_time(local: datetime, here: datetime) -> str:
    """When, as short as a list row has it: 09:41 today and yesterday (its heading says which), Sun, 12 Mar, 2025.
    Both moments are given in the reader's own zone."""
    return _row_date(local.date(), here.date(), get_language()) or clock(local)


@lru_cache(maxsize=4096)  # many rows are of one day
def _row_date(day: date, today: date, _language: str | None) -> str:
    """In that language; nothing for a day of which the hour is told."""
    days = (today - day).days
    if -1 <= days <= 0 or (days == 1 and not _is_korean()):
        return ""
    if days < -1:
        return shown(day, pgettext("date with year", "j M Y"))
    if days == 1:
        return gettext("Yesterday")
    if days < 7 and not _is_korean():
        return shown(day, "D")
    return shown(day, pgettext("date", "j M") if day.year == today.year else pgettext("year", "Y"))


@register.filter
def moment(when: datetime | None) -> str:
    """When, in running text: 09:41 today, Mon 15:37 this week, 12 Mar this year, 12 Mar 2025 before."""
    if when is None:
        return ""
    local, here = timezone.localtime(when), timezone.localtime()
    days = (here.date() - local.date()).days
    if days == 0:
        return clock(when)
    if -7 < days < 7:
        return f"{shown(local, 'D')} {clock(when)}"
    return shown(local, pgettext("date", "j M") if local.year == here.year else pgettext("date with year", "j M Y"))


@register.filter
def full_moment(when: datetime | None) -> str:
    """The whole truth for a tooltip: Tuesday 17 March 2026, 09:41."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    day = shown(local, pgettext("whole date", "l j F Y"))
    return f"{day}, {clock(when)}"


def day_heading(day: date, today: date) -> str:
    """What stands above the rows of that day: Today, Yesterday, This week, Last week, March, December 2025."""
    monday = today - timedelta(days=today.weekday())
    if day >= today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    if day >= monday:
        return gettext("This week")
    if day >= monday - timedelta(days=7):
        return gettext("Last week")
    return shown(day, pgettext("month", "F") if day.year == today.year else pgettext("month and year", "F Y"))


@register.filter
def thousands(number: int) -> str:
    """12,480"""
    return f"{number:,}"


@register.filter
def file_size(size: int) -> str:
    """96 KB, 2.8 MB: decimal, as mail servers count."""
    if size < 1000:
        return gettext("%(size)s bytes") % {"size": size}
    for unit in ("KB", "MB", "GB"):
        size_in = size / 1000 ** (("KB", "MB", "GB").index(unit) + 1)
        if size_in < 999.5:
            break
    return f"{size_in:.1f} {unit}" if size_in < 9.95 and unit != "KB" else f"{size_in:.0f} {unit}"
