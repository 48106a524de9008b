"""A tree finds its letters: newest first, a page at a time, whatever the size of the mailboxes.

A common word has more letters than a page shows, so the newest months are asked first, then the newest years, then all: the
index knows the month of each letter as a word of it, and reads no more than the letters of that time.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from mailbox.models import Mailbox, SearchEntry
from mailbox.search.conditions import Eye, part, visible
from mailbox.search.tree import Node

PATIENCE = 5.0  # seconds that the database may look
BATCH = 100
# Compiling a plan takes longer than running one. With less memory the letters of a common word are known by their blocks alone,
# and each of those is read.
SETTINGS = {"jit": "off", "work_mem": "64MB"}
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)

Cursor = tuple[datetime, int]  # when the letter came, and its number


class TooLong(Exception):
    """The database would have to look at too much."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest letter of a conversation that was found."""

    message: int
    thread: int
    sort_at: datetime
    folders: tuple[int, ...]  # where it lies

    @property
    def cursor(self) -> Cursor:
        return self.sort_at, self.message


@dataclass(frozen=True, slots=True)
class Window:
    """A time, and how the index calls it in one mailbox."""

    first: datetime
    end: datetime
    names: tuple[str, ...]


@contextmanager
def patiently(seconds: float = PATIENCE) -> Iterator[None]:
    """Looks no longer than that."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            given = {"statement_timeout": f"{seconds * 1000:.0f}", **SETTINGS}
            set_one = "set_config(%s, %s, true)"
            cursor.execute(f"SELECT {', '.join([set_one] * len(given))}", [word for one in given.items() for word in one])
            yield
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise TooLong from error
        raise


class Search:
    """One tree, asked by one person."""

    def __init__(self, tree: Node, eye: Eye) -> None:
        self.tree, self.eye = tree, eye
        self.part = part(tree, eye)

    @property
    def asks(self) -> bool:
        """Whether there is anything in it that can be searched."""
        return self.part is not None

    def letters(self, before: Cursor | None = None, *, size: int = 50) -> list[Hit]:
        """The newest `size` letters older than `before`, each for itself."""
        hits: list[Hit] = []
        for batch in self._batches(before):
            hits += batch
            if len(hits) >= size:
                break
        return hits[:size]

    def page(self, before: Cursor | None = None, *, size: int = 50) -> list[Hit]:
        """The newest `size` conversations whose newest hit is older than `before`."""
        hits: dict[int, Hit] = {}
        shown: set[int] = set()
        for batch in self._batches(before):
            if before:
                shown |= self._shown({hit.thread for hit in batch} - hits.keys(), before)
            for hit in batch:
                if hit.thread not in shown and len(hits) < size:
                    hits.setdefault(hit.thread, hit)
            if len(hits) >= size:
                break
        return list(hits.values())

    def _batches(self, before: Cursor | None) -> Iterator[list[Hit]]:
        """The letters that are found, newest first, a batch at a time."""
        newest = self._newest()
        if not newest or not self.part:
            return
        top = before or (max(newest.values()) + timedelta(microseconds=1), 0)
        for window in windows(top[0]):
            while True:
                rows = self._rows(list(newest), window, top)
                if rows:
                    yield self._hits(rows)
                    top = rows[-1]
                if len(rows) < BATCH:
                    break

    def _rows(self, mailboxes: list[int], window: Window, top: Cursor) -> list[Cursor]:
        """The next letters that have the words, wherever they lie: of the very many that have, only these are looked up."""
        # A time that no index has: by the words first, always. The planner, who hopes for an early end, may not walk by date.
        at = ExpressionWrapper(F("sort_at") + timedelta(0), output_field=DateTimeField())
        older = Q(at__lt=top[0]) | Q(at=top[0], message__lt=top[1])
        found = self._worded(mailboxes, window.names).alias(at=at)
        found = found.filter(older, at__gte=window.first, at__lte=min(window.end, top[0]))
        return list(found.order_by("-at", "-message").values_list("sort_at", "message_id")[:BATCH])

    def _hits(self, rows: list[Cursor]) -> list[Hit]:
        """Those of them that lie where the search looks, in the same order."""
        lying = visible(self.tree).filter(message__in=[letter for _, letter in rows])
        threads, folders = dict[int, int](), defaultdict[int, list[int]](list)
        for letter, thread, folder in lying.values_list("message_id", "message__thread_id", "folder_id"):
            threads[letter] = thread
            folders[letter].append(folder)
        return [Hit(letter, threads[letter], moment, tuple(folders[letter])) for moment, letter in rows if letter in threads]

    def _found(self, mailboxes: list[int]) -> QuerySet[SearchEntry]:
        """Every letter that is found in these mailboxes."""
        return self._worded(mailboxes).filter(Exists(visible(self.tree).filter(message=OuterRef("message"))))

    def _worded(self, mailboxes: list[int], names: tuple[str, ...] = ("",)) -> QuerySet[SearchEntry]:
        """Every letter of that time with what is asked, also where the search does not look."""
        wanted = self.part
        if not wanted:
            return SearchEntry.objects.none()
        scope = " | ".join(f"'@{mailbox}{name}'" for mailbox in mailboxes for name in names)
        words = f"({scope}) & ({wanted.words})" if wanted.words else scope
        found = SearchEntry.objects.filter(tsv__words=words)
        return found.filter(wanted.rest) if wanted.rest is not None else found

    def _newest(self) -> dict[int, datetime]:
        """The person's mailboxes that have letters, and when the newest of each came."""
        of_mailbox = SearchEntry.objects.filter(mailbox=OuterRef("pk")).order_by("-sort_at").values("sort_at")[:1]
        rows = Mailbox.objects.of(self.eye.user).annotate(newest=Subquery(of_mailbox)).values_list("pk", "newest")
        return {pk: newest for pk, newest in rows if newest}

    def _shown(self, threads: set[int], before: Cursor) -> set[int]:
        """Which of these conversations have a newer hit and so stand on an earlier page."""
        newer = Q(sort_at__gt=before[0]) | Q(sort_at=before[0], message__gte=before[1])
        found = self._found(self._mailboxes()).filter(newer, message__thread__in=threads)
        return set(found.values_list("message__thread", flat=True))

    def _mailboxes(self) -> list[int]:
        return list(Mailbox.objects.of(self.eye.user).values_list("pk", flat=True))

    def all(self) -> QuerySet[SearchEntry]:
        """Every letter that is found."""
        mailboxes = self._mailboxes()
        return self._found(mailboxes) if mailboxes else SearchEntry.objects.none()

    def count(self, most: int | None = None) -> int:
        """How many there are, exactly, conversations or letters as the person has them; or no more than `most`."""
        found = self.all().order_by()
        return (found.values("message__thread").distinct() if self.eye.user.conversations else found)[:most].count()


def windows(top: datetime) -> Iterator[Window]:
    """From `top` back: its month and the one before it, its year and the one before it, all that is older."""
    top = top.astimezone(UTC)
    month = top.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (month - timedelta(days=1)).replace(day=1)
    yield Window(before, top, (f"/{month:%Y-%m}", f"/{before:%Y-%m}"))
    year = before.replace(month=1) if before.year < top.year else before.replace(year=before.year - 1, month=1)
    yield Window(year, before, tuple(f"/{number:04}" for number in range(year.year, before.year + 1)))
    yield Window(EARLIEST, year, ("",))
