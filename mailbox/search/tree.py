"""What a person is looking for, as a tree: the values between the words that were typed and the query that finds."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Field = Literal["", "subject", "from", "to", "cc", "filename"]
FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True, slots=True)
class Text:
    """Words; of a phrase all of them, in this order. `field` is empty where they may stand anywhere."""

    text: str
    field: Field = ""
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """`is:`, `has:`, `in:` or `label:` with its value; of the first two one of those that query.py knows."""

    kind: Literal["is", "has", "in", "label"]
    value: str


@dataclass(frozen=True, slots=True)
class When:
    """`before:`, `after:` or `on:` a year, a month (its number) or a day."""

    kind: Literal["before", "after", "on"]
    year: int
    month: int = 0
    day: int = 0

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def until(self) -> date:
        """The first day after it."""
        if self.day:
            return self.first + timedelta(days=1)
        if self.month:
            return (self.first + timedelta(days=31)).replace(day=1)
        return date(self.year + 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Age:
    """`older_than:` or `newer_than:` so many days, weeks, months or years."""

    kind: Literal["older_than", "newer_than"]
    number: int
    unit: Literal["d", "w", "m", "y"]

    @property
    def days(self) -> int:
        return self.number * {"d": 1, "w": 7, "m": 30, "y": 365}[self.unit]


@dataclass(frozen=True, slots=True)
class Size:
    """`larger:` or `smaller:` than so many octets."""

    kind: Literal["larger", "smaller"]
    octets: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """`conversation:` and its number: the one that is open."""

    number: int


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of these; none at all is a query that asks nothing."""

    of: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True)
class Or:
    of: "tuple[Node, ...]"


Leaf = Text | Fact | When | Age | Size | Conversation
Node = Leaf | Not | And | Or
