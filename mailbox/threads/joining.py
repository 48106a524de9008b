"""Which conversation a letter joins when it lands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db import connection

from mailbox.models import Merged, Message, Reference, Thread, many
from mailbox.reading.subjects import Kin
from mailbox.threads.rows import refresh

CAP = 500  # letters in one conversation; a Message-ID that is used for ever must not make one without end
LOCK = 7 << 48  # our space among the advisory locks; a Mailbox's id is added

# Two letters are one conversation if they name a common Message-ID and have the same base subject. One digest of both is
# one Reference row, also for letters that are not here yet, so conversations are the connected parts of one graph and the
# order in which letters arrive cannot matter (newest-first import brings answers before questions).


def lock(mailbox_id: int) -> None:
    """One transaction at a time may change what lies in this Mailbox. Take it before you lock any row of its letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + mailbox_id])


class Homes(list[int]):
    """The Thread of each letter, in order; `begun`: the base subjects of those that are not written yet, and that no other
    letter belongs to."""

    begun: Mapping[int, str] = MappingProxyType({})


def join(mailbox_id: int, letters: Sequence[Kin]) -> Homes:
    """Makes new ones and merges those that a letter proves to be one.

    Call it under `lock`, `begin` those begun in the same transaction, and `refresh` the others.
    """
    table = _Table.load(mailbox_id, {key for letter in letters for key in letter.keys})
    homes = [table.settle(letter.keys, letter.base) for letter in letters]
    return table.save(mailbox_id, homes)


@dataclass
class _Table:
    """The part of the graph that some letters touch. Threads not yet made have negative ids."""

    home: dict[bytes, int]
    size: dict[int, int]
    known: frozenset[bytes]  # digests that have a row
    apart: frozenset[int]  # threads that a person split off: nothing is joined to them, or they to anything
    merged: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, str] = field(default_factory=dict)
    changed: set[bytes] = field(default_factory=set)

    @classmethod
    def load(cls, mailbox_id: int, keys: Collection[bytes]) -> "_Table":
        columns = ("digest", "thread", "thread__count", "thread__apart")
        rows = Reference.objects.filter(mailbox=mailbox_id, digest__among=keys).values_list(*columns)
        known = [(bytes(key), thread, count, apart) for key, thread, count, apart in rows]
        home = {key: thread for key, thread, _, _ in known}
        apart = frozenset(thread for _, thread, _, apart in known if apart)
        return cls(home, {thread: count for _, thread, count, _ in known}, frozenset(home), apart)

    def root(self, thread: int) -> int:
        while thread in self.merged:
            thread = self.merged[thread]
        return thread

    def settle(self, keys: Sequence[bytes], base: str) -> int:
        """The conversation for one letter with these keys: the oldest that has room, joined by the others that fit."""
        found = {self.root(self.home[key]) for key in keys if key in self.home}
        if found & self.apart:
            return self._settle_apart(keys)
        chosen = 0
        for thread in sorted(found, key=lambda one: (one < 0, abs(one))):
            chosen = self._merge(chosen, thread)
        chosen = chosen or self._make(base)
        self.size[chosen] += 1
        self.changed.update(key for key in keys if self.home.get(key) != chosen)
        self.home.update(dict.fromkeys(keys, chosen))
        return chosen

    def _settle_apart(self, keys: Sequence[bytes]) -> int:
        """It goes where its own name is known, else where the nearest letter is that it names; the others stay."""
        chosen = next(self.root(self.home[key]) for key in (keys[0], *reversed(keys)) if key in self.home)
        self.size[chosen] += 1
        news = [key for key in keys if key not in self.home]
        self.changed.update(news)
        self.home.update(dict.fromkeys(news, chosen))
        return chosen

    def _merge(self, into: int, thread: int) -> int:
        if self.size[thread] + self.size.get(into, 0) >= CAP:
            return into
        if into:
            self.merged[thread] = into
            self.size[into] += self.size[thread]
        return into or thread

    def _make(self, base: str) -> int:
        thread = -len(self.fresh) - 1
        self.fresh[thread], self.size[thread] = base, 0
        return thread

    def save(self, mailbox_id: int, homes: Iterable[int]) -> Homes:
        """Write what changed; the homes with their real ids."""
        needed = [thread for thread in self.fresh if thread not in self.merged]
        real = dict(zip(needed, many.draw(Thread, len(needed)), strict=True)) if needed else {}
        for loser in [thread for thread in self.merged if thread > 0]:
            merge_rows(mailbox_id, loser, self.root(loser))
        self._save_references(mailbox_id, real)
        found = Homes(self._real(thread, real) for thread in homes)
        found.begun = {real[thread]: self.fresh[thread] for thread in needed}
        return found

    def _save_references(self, mailbox_id: int, real: dict[int, int]) -> None:
        homes = {key: self._real(self.home[key], real) for key in self.changed}
        fresh = [(mailbox_id, key, thread) for key, thread in homes.items() if key not in self.known]
        many.copy_in(Reference, ["mailbox", "digest", "thread"], fresh)
        Reference.objects.bulk_create(
            [Reference(mailbox_id=mailbox_id, digest=key, thread_id=homes[key]) for key in homes.keys() & self.known],
            update_conflicts=True,
            unique_fields=["mailbox", "digest"],
            update_fields=["thread"],
        )

    def _real(self, thread: int, real: dict[int, int]) -> int:
        return real.get(self.root(thread), self.root(thread))


def merge_rows(mailbox_id: int, loser: int, winner: int) -> set[int]:
    """One conversation becomes part of another; its address leads there from now on."""
    Merged.objects.filter(thread=loser).update(thread=winner)
    Merged.objects.create(old=loser, mailbox_id=mailbox_id, thread_id=winner)
    Message.objects.filter(thread=loser).update(thread=winner)
    Reference.objects.filter(thread=loser).update(thread=winner)
    return refresh([loser, winner])
