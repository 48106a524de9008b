"""The list rows that follow from where the letters of a conversation lie."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from mailbox.imap.labels import is_label, name_of
from mailbox.models import Flag, Folder, Label, Message, Placement, Thread, ThreadFolder, many

PEOPLE = 8  # names that a list row keeps
CHUNK = 500  # conversations recomputed at once
COLUMNS = ["last_at", "count", "unread", "flagged", "has_attachments", "people", "subject", "snippet", "labels"]
COLUMNS += ["snoozed_until", "woke_at"]

Rows = dict[tuple[int, int], ThreadFolder]  # by conversation and folder
Letters = dict[int, dict[int, datetime]]  # of a Thread the times of its letters, each once however many folders it lies in

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
    keywords: list[str]


def refresh(thread_ids: Iterable[int]) -> set[int]:
    """Recompute Thread, ThreadFolder and the Folder counts of these conversations; the ids of the folders that changed.

    Call it under `lock`, in the transaction that changed the placements. A Thread without letters is removed.
    """
    ids = sorted(set(thread_ids))
    folders: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        folders |= _refresh(ids[start : start + CHUNK])
    return folders


def begin(mailbox_id: int, begun: Mapping[int, str], laid: Iterable[tuple[Message, Placement]]) -> set[int]:
    """The same for conversations that have no letters but these, which were just laid: they are written whole, once, and
    nothing is read back. `begun`: their base subjects by their numbers."""
    lying = [_as_laid(message, place) for message, place in laid if not place.flags & Flag.DELETED]
    lying.sort(key=lambda letter: (letter.at, letter.message))
    folders, letters = _write(begun, lying, {})
    rows = [(thread, mailbox_id, begun[thread], count, last) for thread, count, last in _counted(letters)]
    many.copy_in(Thread, ["id", "mailbox", "base_subject", "count", "last_at"], rows)
    return folders


def _as_laid(message: Message, place: Placement) -> _Lying:
    sender, role = (message.from_name, message.from_address), place.folder.role
    facts = (message.pk, place.sort_at, place.flags, message.has_attachments, sender, message.addressees)
    return _Lying(message.thread_id, place.folder_id, role, *facts, message.subject, message.snippet, place.keywords)


def _refresh(ids: Sequence[int]) -> set[int]:
    columns = ("last_at", "count", "unread", "flagged", "labels", "snoozed_until", "woke_at")
    before = ThreadFolder.objects.filter(thread__among=ids).only("thread", "folder", *columns)
    folders, letters = _write(ids, _letters(ids), {(row.thread_id, row.folder_id): row for row in before})
    _update_threads(letters)
    if empty := [thread for thread in ids if not letters[thread]]:
        Thread.objects.filter(pk__in=empty, messages=None).delete()
    return folders


def _write(ids: Iterable[int], lying: Iterable[_Lying], before: Rows) -> tuple[set[int], Letters]:
    places: dict[tuple[int, int], list[_Lying]] = defaultdict(list)
    letters: Letters = {thread: {} for thread in ids}
    for letter in lying:
        places[letter.thread, letter.folder].append(letter)
        letters[letter.thread][letter.message] = letter.at
    rows = [_row(some) for some in places.values()]
    folders = _replace(before, rows)
    _know_labels(before.values(), rows)
    return folders, letters


def _letters(ids: Sequence[int]) -> Iterator[_Lying]:
    """What lies in the open, oldest first; a letter marked deleted by another client waits for its expunge unseen."""
    placements = Placement.objects.filter(message__thread__among=ids, gone_at=None).order_by("sort_at", "id")
    names = ("folder", "folder__role", "message", "sort_at", "flags", "message__has_attachments", "message__from_name")
    more = ("message__from_address", "message__addressees", "message__subject", "message__snippet", "keywords")
    rows = placements.values_list("message__thread", *names, *more)
    for thread, folder, role, message, at, flags, files, name, address, *rest in rows:
        if not flags & Flag.DELETED:
            yield _Lying(thread, folder, role, message, at, flags, files, (name, address), *rest)


def _row(letters: Sequence[_Lying]) -> ThreadFolder:
    """The list row of a conversation in one folder; `letters` oldest first."""
    first, last = letters[0], letters[-1]
    return many.make(
        ThreadFolder,
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
        labels=sorted({keyword for letter in letters for keyword in letter.keywords if is_label(keyword)}),
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


def _replace(old: Rows, rows: Sequence[ThreadFolder]) -> set[int]:
    """Put the new rows in the place of the old ones and move the folders' counts by the difference."""
    places = {(row.thread_id, row.folder_id) for row in rows}
    shift: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for sign, some in ((-1, old.values()), (1, rows)):
        for row in some:
            shift[row.folder_id][0] += sign * row.count
            shift[row.folder_id][1] += sign * row.unread
    if empty := [row.pk for place, row in old.items() if place not in places]:
        ThreadFolder.objects.filter(pk__in=empty).delete()
    many.insert([row for row in rows if (row.thread_id, row.folder_id) not in old])
    rows = [row for row in rows if (row.thread_id, row.folder_id) in old]
    for row in rows:
        row.pk = old[row.thread_id, row.folder_id].pk
        _go_on(row, old[row.thread_id, row.folder_id])
    many.rewrite(rows, COLUMNS)
    for folder, (live, unread) in sorted(shift.items()):
        if live or unread:
            Folder.objects.filter(pk=folder).update(live=Greatest(F("live") + live, 0), unread=Greatest(F("unread") + unread, 0))
    return set(shift)


def _know_labels(before: Iterable[ThreadFolder], rows: Iterable[ThreadFolder]) -> None:
    """A label that another program gave a letter can be given here too; one that the last letter has lost is no more."""
    was, seen = _labels(before), _labels(rows)
    if not was and not seen:
        return
    homes = dict(Folder.objects.filter(pk__in={folder for folder, _ in was | seen}).values_list("pk", "mailbox"))
    lost, found = ({(homes[folder], keyword) for folder, keyword in some} for some in (was - seen, seen))
    known = set(Label.objects.filter(mailbox__in=set(homes.values())).values_list("mailbox", "keyword"))
    fresh = [Label(mailbox_id=mailbox, keyword=keyword, name=name_of(keyword)[:200]) for mailbox, keyword in found - known]
    Label.objects.bulk_create(fresh, ignore_conflicts=True)
    for mailbox, keyword in lost - found:
        _forget_label(mailbox, keyword)


def _forget_label(mailbox_id: int, keyword: str) -> None:
    """If no letter that is shown carries it. Gmail's are there as long as it lists them."""
    lying = Placement.objects.live().annotate(deleted=F("flags").bitand(Flag.DELETED)).exclude(keywords=[])
    carried = lying.filter(folder__mailbox=mailbox_id, keywords__contains=[keyword], deleted=0)
    if not (carried.exists() or Folder.objects.filter(mailbox=mailbox_id, is_label=True).exists()):
        Label.objects.filter(mailbox=mailbox_id, keyword=keyword).delete()


def _labels(rows: Iterable[ThreadFolder]) -> set[tuple[int, str]]:
    return {(row.folder_id, keyword) for row in rows for keyword in row.labels}


def _go_on(row: ThreadFolder, before: ThreadFolder) -> None:
    """A conversation that was put off stays so until another letter comes; one that has come back keeps its place."""
    row.snoozed_until = before.snoozed_until if row.last_at <= before.last_at else None
    row.woke_at = before.woke_at
    row.last_at = max(row.last_at, before.woke_at or row.last_at)


def _counted(letters: Letters) -> list[tuple[int, int, datetime | None]]:
    return [(thread, len(times), max(times.values(), default=None)) for thread, times in letters.items()]


def _update_threads(letters: Letters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_thread AS thread SET count = fresh.count, last_at = fresh.last_at"
            " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS fresh (id, count, last_at) WHERE thread.id = fresh.id",
            [list(column) for column in zip(*_counted(letters), strict=True)] or [[], [], []],
        )
