"""Delivery over time as a picture: numbers in, the places of bars and lines out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT = 44.0, 960.0
UPPER = (12.0, 180.0)  # top and base of the delivered
LOWER = (214.0, 278.0)  # of the deferred and bounced
WIDEST = 0.52  # of its slot is a bar
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Slot:
    """What one stretch of time brought; `label` stands below it, `title` says all of it."""

    when: str
    title: str
    label: str
    delivered: int
    deferred: int
    bounced: int


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    slot: Slot
    hit: Bar
    delivered: Bar | None
    deferred: Bar | None
    bounced: Bar | None
    middle: str


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text_y: str
    words: str
    kind: str  # base or grid


@dataclass(frozen=True, slots=True)
class Chart:
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


def draw(slots: Sequence[Slot]) -> Chart:
    upper = step_for(max((slot.delivered for slot in slots), default=0), 3)
    lower = step_for(max((slot.deferred + slot.bounced for slot in slots), default=0), 2)
    width = (RIGHT - LEFT) / max(len(slots), 1)
    columns = tuple(_column(slot, LEFT + number * width, width, 3 * upper, 2 * lower) for number, slot in enumerate(slots))
    return Chart(columns, (*_ticks(UPPER, upper, 3), *_ticks(LOWER, lower, 2)))


def step_for(most: int, steps: int) -> int:
    """The smallest round step of which so many reach that far: 1, 2, 5, 10, 20, 50 ..."""
    size = 1
    while True:
        for step in STEPS:
            if step * size * steps >= most:
                return step * size
        size *= 10


def _column(slot: Slot, x: float, width: float, most_above: int, most_below: int) -> Column:
    inner, offset = width * WIDEST, width * (1 - WIDEST) / 2
    above = (UPPER[1] - UPPER[0]) / most_above
    below = (LOWER[1] - LOWER[0]) / most_below
    deferred = slot.deferred * below
    return Column(
        slot=slot,
        hit=_bar(x, width, LOWER[1], LOWER[1] - UPPER[0]),
        delivered=_bar(x + offset, inner, UPPER[1], slot.delivered * above) if slot.delivered else None,
        deferred=_bar(x + offset, inner, LOWER[1], deferred) if slot.deferred else None,
        bounced=_bar(x + offset, inner, LOWER[1] - deferred - (1 if deferred else 0), slot.bounced * below)
        if slot.bounced
        else None,
        middle=f"{x + width / 2:.1f}",
    )


def _bar(x: float, width: float, base: float, height: float) -> Bar:
    return Bar(f"{x:.1f}", f"{width:.1f}", f"{base - height:.1f}", f"{height:.1f}")


def _ticks(panel: tuple[float, float], step: int, steps: int) -> list[Tick]:
    top, base = panel
    heights = [base - number * (base - top) / steps for number in range(steps + 1)]
    return [
        Tick(f"{y:.1f}", f"{y + 4:.1f}", f"{number * step:,}", "grid" if number else "base") for number, y in enumerate(heights)
    ]
