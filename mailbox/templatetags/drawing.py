"""Templates drawn quickly: what is the same every time is rendered once in each language, and only the values go in anew."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

KINDS = 1000  # of rows, and of what stays the same, that are remembered: some 2 KB each


class Drawable(Protocol):
    @property
    def values(self) -> Mapping[str, str | int]: ...


@register.simple_tag(takes_context=True)
def draw(context: Context, rows: Sequence[Drawable]) -> str:
    """Rows as _row.html has them. That template asks of a value only whether it is there: so rows that have the same ones are
    the same text with other values in it, and format_html escapes those."""
    language, oob = get_language(), bool(context.get("oob"))
    drawn = [_drawn(row, language, oob=oob) for row in rows]
    return format_html("{}" * len(drawn), *drawn) if drawn else ""


def _drawn(row: Drawable, language: str | None, *, oob: bool) -> SafeString:
    there = {name: value for name, value in row.values.items() if value}
    return format_html(_gaps(tuple(there), language, oob=oob), **there)


@lru_cache(maxsize=KINDS)
def _gaps(names: tuple[str, ...], _language: str | None, *, oob: bool) -> str:
    """The row of one that has these values, with {name} where each goes."""
    return render_to_string("mailbox/_row.html", {"row": {name: f"{{{name}}}" for name in names}, "oob": oob})


@register.simple_tag
def still(name: str, **given: bool) -> SafeString:
    """A template that says the same to everybody of one language, and to those who are `given` the same."""
    return _still(name, get_language(), tuple(given.items()))


@lru_cache(maxsize=KINDS)
def _still(name: str, _language: str | None, given: tuple[tuple[str, bool], ...]) -> SafeString:
    return render_to_string(name, dict(given))
