"""Which waiting Changes go to the server next, and which of them together. Pure.

The deeds on one letter keep their order; the same deed on many letters is one command; of two flags on one letter the
last counts. What is done to a folder waits for every deed before it, and every deed after it waits for that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST = 500  # letters in one deed


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open Change. `place` is the folder in which the server has the letter; `sent`: it was told before and the answer
    was lost, so look before doing it again; `due`: its time has come."""

    id: int
    kind: str
    letter: int | None
    place: int | None
    args: Mapping[str, object] = field(default_factory=dict)
    sent: bool = False
    due: bool = True


@dataclass(frozen=True, slots=True)
class Deed:
    kind: str
    changes: tuple[Waiting, ...]
    outdated: tuple[int, ...] = ()  # Changes that a later one of these makes pointless

    @property
    def first(self) -> Waiting:
        return self.changes[0]


def next_deeds(waiting: Sequence[Waiting]) -> list[Deed]:
    """The deeds that can be told now; `waiting` is in the order in which people did it."""
    chosen: list[Waiting] = []
    kinds: dict[int, str] = {}
    tree_waits = False
    for change in waiting:
        if change.letter is None:
            if chosen or tree_waits:
                break
            if change.due:
                return [Deed(change.kind, (change,))]
            tree_waits = True
        elif _may_follow(kinds.get(change.letter), change):
            chosen.append(change)
            kinds[change.letter] = change.kind
        else:
            kinds[change.letter] = "wait"
    return list(_grouped(chosen))


def _may_follow(kind: str | None, change: Waiting) -> bool:
    """Whether it can go in the same round as what was chosen before for its letter: only flags beside flags."""
    flags = {"flag", "keyword"}
    return change.due and (kind is None or (kind in flags and change.kind in flags))


def _grouped(chosen: Sequence[Waiting]) -> Iterator[Deed]:
    last: dict[object, Waiting] = {}
    outdated: dict[int, list[int]] = {}
    for change in chosen:
        name = _name(change)
        if earlier := last.pop(name, None):
            outdated[change.id] = [*outdated.pop(earlier.id, []), earlier.id]
        last[name] = change
    groups: dict[object, list[Waiting]] = {}
    for change in last.values():
        groups.setdefault(_command(change), []).append(change)
    for group in groups.values():
        for start in range(0, len(group), MOST):
            some = group[start : start + MOST]
            yield Deed(some[0].kind, tuple(some), tuple(one for change in some for one in outdated.get(change.id, [])))


def _name(change: Waiting) -> object:
    """What it sets: a later Change of the same name makes it pointless."""
    if change.kind in {"flag", "keyword"}:
        return change.kind, change.args["placement"], change.args.get("flag"), change.args.get("keyword")
    return change.id


def _command(change: Waiting) -> object:
    """What goes into one command."""
    args = change.args
    match change.kind:
        case "flag" | "keyword":
            return change.kind, change.place, args.get("flag"), args.get("keyword"), args["on"]
        case "move":
            return change.kind, change.place, args["folder"], change.sent
        case "expunge":
            return change.kind, change.place
        case _:
            return change.id
