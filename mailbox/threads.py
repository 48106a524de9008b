"""Which conversation a letter joins when it lands, and the list rows that follow from where its letters lie."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from mailbox.mime.letter import Letter
from mailbox.models import Flag, Folder, Message, Placement, Reference, Thread, ThreadFolder

CAP = 500  # letters in one conversation; a Message-ID that is used for ever must not make one without end
REFERENCES = 50  # ids that count of one letter: the first and the last 49
PEOPLE = 8  # names that a list row keeps
LOCK = 7 << 48  # our space among the advisory locks; a Mailbox's id is added
CHUNK = 500  # conversations recomputed at once


# --- The base subject, RFC 5256 section 2.1 -------------------------------------------------------------------------
# The prefixes of the RFC and those that clients write in other languages; compared after NFKC and case folding, so that
# a full-width colon is a colon.
_ANSWERS = "re|fwd?|aw|antw|wg|sv|vs|tr|rv|회신|답장|답변|전달|回复|答复|回覆|答覆|转发|轉寄|轉發|返信|転送"
_LEADER = re.compile(rf"(?:\[[^\[\]]*\] ?)*(?:{_ANSWERS}) ?(?:\[[^\[\]]*\]|\(\d+\))? ?: ?")
_BLOB = re.compile(r"\[[^\[\]]*\] ?(?=.)")
_LONGEST = 1000


def base_subject(subject: str) -> str:
    """What is left of a subject when "Re:", "[list]", "(fwd)" and their like are taken away; lower case."""
    text = " ".join(unicodedata.normalize("NFKC", subject[:_LONGEST]).casefold().split())
    while (shorter := _peel(text)) != text:
        text = shorter
    return text


def _peel(text: str) -> str:
    text = text.removesuffix("(fwd)").rstrip()
    text = _LEADER.sub("", text, count=1) if _LEADER.match(text) else text
    if blob := _BLOB.match(text):
        text = text[blob.end() :]
    if text.startswith("[fwd:") and text.endswith("]"):
        text = text[5:-1].strip()
    return text


# --- Joining ----------------------------------------------------------------------------------------------------------
# Two letters are one conversation if they name a common Message-ID and have the same base subject. One digest of both is
# one Reference row, also for letters that are not here yet, so conversations are the connected parts of one graph and the
# order in which letters arrive cannot matter (newest-first import brings answers before questions).


def lock(mailbox_id: int) -> None:
    """One transaction at a time may change what lies in this Mailbox. Take it before you lock any row of its letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + mailbox_id])


def join(mailbox_id: int, letters: Sequence[Letter]) -> list[int]:
    """The Thread of each letter, in order; makes new ones and merges those that a letter proves to be one.

    Call it under `lock`, and `refresh` the result afterwards.
    """
    bases = [base_subject(letter.subject) for letter in letters]
    keys = [_keys(base, letter) for base, letter in zip(bases, letters, strict=True)]
    table = _Table.load(mailbox_id, {key for some in keys for key in some})
    homes = [table.settle(some, base) for some, base in zip(keys, bases, strict=True)]
    return table.save(mailbox_id, homes)


def _keys(base: str, letter: Letter) -> list[bytes]:
    ids = dict.fromkeys(
        (letter.message_id, *letter.references[:1], *letter.references[1 - REFERENCES :], *letter.in_reply_to[:5])
    )
    return [blake2b(f"{name}\0{base}".encode(errors="replace"), digest_size=16).digest() for name in ids if name]


@dataclass
class _Table:
    """The part of the graph that some letters touch. Threads not yet made have negative ids."""

    home: dict[bytes, int]
    size: dict[int, int]
    merged: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, str] = field(default_factory=dict)
    changed: set[bytes] = field(default_factory=set)

    @classmethod
    def load(cls, mailbox_id: int, keys: Collection[bytes]) -> "_Table":
        rows = Reference.objects.filter(mailbox=mailbox_id, digest__in=keys).values_list("digest", "thread", "thread__count")
        known = [(bytes(digest), thread, count) for digest, thread, count in rows]
        return cls({digest: thread for digest, thread, _ in known}, {thread: count for _, thread, count in known})

    def root(self, thread: int) -> int:
        while thread in self.merged:
            thread = self.merged[thread]
        return thread

    def settle(self, keys: Iterable[bytes], base: str) -> int:
        """The conversation for one letter with these keys: the oldest that has room, joined by the others that fit."""
        keys = list(keys)
        found = {self.root(self.home[key]) for key in keys if key in self.home}
        chosen = 0
        for thread in sorted(found, key=lambda one: (one < 0, abs(one))):
            chosen = self._merge(chosen, thread)
        chosen = chosen or self._make(base)
        self.size[chosen] += 1
        self.changed.update(key for key in keys if self.home.get(key) != chosen)
        self.home.update(dict.fromkeys(keys, chosen))
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

    def save(self, mailbox_id: int, homes: Iterable[int]) -> list[int]:
        """Write what changed; the homes with their real ids."""
        needed = [thread for thread in self.fresh if thread not in self.merged]
        made = Thread.objects.bulk_create(Thread(mailbox_id=mailbox_id, base_subject=self.fresh[thread]) for thread in needed)
        real = dict(zip(needed, (thread.pk for thread in made), strict=True))
        for loser in [thread for thread in self.merged if thread > 0]:
            _merge_rows(loser, self.root(loser))
        Reference.objects.bulk_create(
            [Reference(mailbox_id=mailbox_id, digest=key, thread_id=self._real(self.home[key], real)) for key in self.changed],
            update_conflicts=True,
            unique_fields=["mailbox", "digest"],
            update_fields=["thread"],
        )
        return [self._real(thread, real) for thread in homes]

    def _real(self, thread: int, real: dict[int, int]) -> int:
        return real.get(self.root(thread), self.root(thread))


def _merge_rows(loser: int, winner: int) -> None:
    Message.objects.filter(thread=loser).update(thread=winner)
    Reference.objects.filter(thread=loser).update(thread=winner)
    refresh([loser, winner])


# --- The list rows ------------------------------------------------------------------------------------------------------
# Thread and ThreadFolder are recomputed from the placements of the conversations concerned, never from a whole folder, and
# a Folder's counts move by the difference of its rows, so the sum of a folder's rows always is its count.


class _Lying(NamedTuple):
    """One letter where it lies, as much of it as a list row needs."""

    thread: int
    folder: int
    role: str
    message: int
    at: datetime
    flags: int
    attachments: bool
    sender: tuple[str, str]
    addressees: list[list[str]]
    subject: str
    snippet: str


def refresh(thread_ids: Iterable[int]) -> set[int]:
    """Recompute Thread, ThreadFolder and the Folder counts of these conversations; the ids of the folders that changed.

    Call it under `lock`, in the transaction that changed the placements. A Thread without letters is removed.
    """
    ids = sorted(set(thread_ids))
    folders: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        folders |= _refresh(ids[start : start + CHUNK])
    return folders


def recount(folder_ids: Iterable[int]) -> None:
    """Make the counts of whole folders anew from their rows (for a repair; `refresh` keeps them right)."""
    for folder in Folder.objects.filter(pk__in=list(folder_ids)):
        sums = folder.threads.aggregate(live=Sum("count", default=0), unread=Sum("unread", default=0))
        Folder.objects.filter(pk=folder.pk).update(**sums)


def _refresh(ids: Sequence[int]) -> set[int]:
    lying: dict[tuple[int, int], list[_Lying]] = defaultdict(list)
    letters: dict[int, dict[int, datetime]] = {thread: {} for thread in ids}
    for letter in _letters(ids):
        lying[letter.thread, letter.folder].append(letter)
        letters[letter.thread][letter.message] = letter.at
    rows = [_row(some) for some in lying.values()]
    folders = _replace(ids, rows)
    _update_threads(letters)
    Thread.objects.filter(pk__in=ids, messages=None).delete()
    return folders


def _letters(ids: Sequence[int]) -> Iterator[_Lying]:
    """What lies in the open, oldest first; a letter marked deleted by another client waits for its expunge unseen."""
    placements = Placement.objects.filter(message__thread__in=ids, gone_at=None).order_by("sort_at", "id")
    names = ("folder", "folder__role", "message", "sort_at", "flags", "message__has_attachments", "message__from_name")
    more = ("message__from_address", "message__addressees", "message__subject", "message__snippet")
    for thread, folder, role, message, at, flags, files, name, address, addressees, subject, snippet in placements.values_list(
        "message__thread", *names, *more
    ):
        if not flags & Flag.DELETED:
            yield _Lying(thread, folder, role, message, at, flags, files, (name, address), addressees, subject, snippet)


def _row(letters: Sequence[_Lying]) -> ThreadFolder:
    """The list row of a conversation in one folder; `letters` oldest first."""
    first, last = letters[0], letters[-1]
    return ThreadFolder(
        thread_id=first.thread,
        folder_id=first.folder,
        last_at=last.at,
        count=len(letters),
        unread=sum(not letter.flags & Flag.SEEN for letter in letters),
        flagged=sum(bool(letter.flags & Flag.FLAGGED) for letter in letters),
        has_attachments=any(letter.attachments for letter in letters),
        people=_people(letters),
        subject=first.subject,
        snippet=last.snippet,
    )


def _people(letters: Iterable[_Lying]) -> list[list[str]]:
    """Who wrote, oldest first and once each; of letters that were written here, to whom."""
    people: dict[str, list[str]] = {}
    for letter in letters:
        own = letter.role in (Folder.Role.SENT, Folder.Role.DRAFTS)
        for name, address in letter.addressees if own else [letter.sender]:
            people.setdefault((address or name).casefold(), [name, address])
    everyone = list(people.values())
    return everyone if len(everyone) <= PEOPLE else everyone[:1] + everyone[1 - PEOPLE :]


def _replace(ids: Sequence[int], rows: Sequence[ThreadFolder]) -> set[int]:
    """Put the new rows in the place of the old ones and move the folders' counts by the difference."""
    places = {(row.thread_id, row.folder_id) for row in rows}
    shift: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    empty = []
    for pk, thread, folder, count, unread in ThreadFolder.objects.filter(thread__in=ids).values_list(
        "pk", "thread", "folder", "count", "unread"
    ):
        shift[folder][0] -= count
        shift[folder][1] -= unread
        if (thread, folder) not in places:
            empty.append(pk)
    for row in rows:
        shift[row.folder_id][0] += row.count
        shift[row.folder_id][1] += row.unread
    ThreadFolder.objects.filter(pk__in=empty).delete()
    columns = ["last_at", "count", "unread", "flagged", "has_attachments", "people", "subject", "snippet"]
    ThreadFolder.objects.bulk_create(rows, update_conflicts=True, unique_fields=["thread", "folder"], update_fields=columns)
    for folder, (live, unread) in sorted(shift.items()):
        if live or unread:
            Folder.objects.filter(pk=folder).update(live=Greatest(F("live") + live, 0), unread=Greatest(F("unread") + unread, 0))
    return set(shift)


def _update_threads(letters: dict[int, dict[int, datetime]]) -> None:
    """`letters` maps a Thread to the times of its letters, each letter once however many folders it lies in."""
    rows = [(thread, len(times), max(times.values(), default=None)) for thread, times in letters.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_thread AS thread SET count = fresh.count, last_at = fresh.last_at"
            " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS fresh (id, count, last_at) WHERE thread.id = fresh.id",
            [list(column) for column in zip(*rows, strict=True)] or [[], [], []],
        )
