"""A long table a page at a time, while its rows travel on: so many rows from here, and whether there are more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)
LAST = 200  # the page after which a search is the better way


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    number: int
    size: int
    more: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1 if self.more else 0


def page_of(rows: "models.QuerySet[Row]", asked: str, size: int) -> Page[Row]:
    """A number that is none is the first page; nobody pages deeper than LAST."""
    number = min(int(asked), LAST) if asked.isdecimal() and len(asked) < 9 and int(asked) else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    return Page(found[:size], number, size, len(found) > size and number < LAST)
