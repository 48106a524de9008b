"""A set of UIDs as IMAP writes it, kept as ranges: a million letters in a row cost eight octets here and on the wire."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Self

TOP_UID = 2**32 - 1  # RFC 9051 section 2.3.1.1: a non-zero 32-bit number

_SET = re.compile(rb"\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*")
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")


class UidSet:
    """Immutable; iterates upwards. `1:4294967295` is as cheap as `1`: never iterate over what a server sent without
    having met it (`&`) with what is known."""

    __slots__ = ("_highs", "_lows")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        """Inclusive ranges in ascending order of their lower ends; they may touch and overlap."""
        self._lows, self._highs = array("I"), array("I")
        for low, high in ranges:
            self._append(low, high)

    def _append(self, low: int, high: int) -> None:
        if not 0 < low <= high <= TOP_UID:
            raise ValueError(f"{low}:{high} is no range of UIDs")
        if self._highs and low <= self._highs[-1] + 1:
            if low < self._lows[-1]:
                raise ValueError("ranges of UIDs must ascend")
            self._highs[-1] = max(self._highs[-1], high)
        else:
            self._lows.append(low)
            self._highs.append(high)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Self:
        """Of single UIDs, in any order and as often as they come."""
        found, strays = cls(), array("I")
        for number in numbers:
            if found._lows and number < found._lows[-1]:
                strays.append(number)
            else:
                found._append(number, number)
        return found | cls((number, number) for number in sorted(set(strays))) if strays else found

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Of `1:5,7,9:10` (RFC 9051, uid-set without `*`), in any order; raises ValueError if it is none."""
        if not _SET.fullmatch(text):
            raise ValueError("not a set of UIDs")
        pairs = ((int(low), int(high or low)) for low, high in _RANGE.findall(text))
        return cls(sorted((min(pair), max(pair)) for pair in pairs))

    def ranges(self) -> Iterator[tuple[int, int]]:
        return zip(self._lows, self._highs, strict=True)

    def __iter__(self) -> Iterator[int]:
        for low, high in self.ranges():
            yield from range(low, high + 1)

    def __len__(self) -> int:
        return sum(self._highs) - sum(self._lows) + len(self._lows)

    def __bool__(self) -> bool:
        return bool(self._lows)

    def __contains__(self, uid: int) -> bool:
        place = bisect_right(self._lows, uid) - 1
        return place >= 0 and uid <= self._highs[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UidSet) and self._lows == other._lows and self._highs == other._highs

    def __hash__(self) -> int:
        return hash((self._lows.tobytes(), self._highs.tobytes()))

    def __str__(self) -> str:
        return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in self.ranges())

    def __repr__(self) -> str:
        return f"<UidSet {self}>"

    def __or__(self, other: "UidSet") -> Self:
        return type(self)(merge(self.ranges(), other.ranges()))

    def __and__(self, other: "UidSet") -> Self:
        return type(self)(_common(self.ranges(), other.ranges()))

    def __sub__(self, other: "UidSet") -> Self:
        return type(self)(_common(self.ranges(), other._gaps()))

    def _gaps(self) -> Iterator[tuple[int, int]]:
        start = 1
        for low, high in self.ranges():
            if start < low:
                yield start, low - 1
            start = high + 1
        if start <= TOP_UID:
            yield start, TOP_UID

    @property
    def pieces(self) -> int:
        """How many ranges it is made of."""
        return len(self._lows)

    @property
    def highest(self) -> int:
        """0 if it is empty."""
        return self._highs[-1] if self._highs else 0

    def between(self, low: int, high: int = TOP_UID) -> Self:
        return self & type(self)([(low, high)]) if low <= high else type(self)()

    def newest_first(self, size: int) -> Iterator[Self]:
        """Windows of at most `size` UIDs, the highest first."""
        window: list[tuple[int, int]] = []
        room = size
        for low, high in zip(reversed(self._lows), reversed(self._highs), strict=True):
            while low <= high:
                start = max(low, high - room + 1)
                window.append((start, high))
                room, high = room - (high - start + 1), start - 1
                if not room:
                    yield type(self)(reversed(window))
                    window, room = [], size
        if window:
            yield type(self)(reversed(window))


def _common(ours: Iterator[tuple[int, int]], theirs: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    mine, other = next(ours, None), next(theirs, None)
    while mine and other:
        low, high = max(mine[0], other[0]), min(mine[1], other[1])
        if low <= high:
            yield low, high
        if mine[1] < other[1]:
            mine = next(ours, None)
        else:
            other = next(theirs, None)
