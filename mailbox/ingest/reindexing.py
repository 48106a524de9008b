"""The search index made anew from the letters that are here, in place; or only compared with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from mailbox import index
from mailbox.ingest.stored import letter_of
from mailbox.models import Message, SearchEntry
from mailbox.reading.findable import Findable, findable

BATCH = 200  # letters read at once


@dataclass(frozen=True, slots=True)
class Step:
    """A batch that was looked at: how many letters, and whose entries were missing or not as the letter has it."""

    letters: int
    missing: list[int]
    different: list[int]


def reindex(mailbox_id: int, *, check: bool) -> Iterator[Step]:
    """Walk over every letter of a Mailbox. Entries that are right are left alone, so it may be stopped and repeated."""
    last = Message.objects.filter(mailbox=mailbox_id).aggregate(last=Max("pk"))["last"] or 0
    seen = 0
    while seen < last:
        with transaction.atomic():
            letters = list(_after(mailbox_id, seen, locked=not check))
            step, wrong = _compare(letters)
            if wrong and not check:
                index.rewrite(wrong)
        if not letters:
            return
        seen = letters[-1].pk
        yield step
    if not check:
        _tidy()


def _after(mailbox_id: int, seen: int, *, locked: bool) -> Iterator[Message]:
    """The next letters that have their bytes; locked, so that none is removed while its entry is written."""
    rows = Message.objects.filter(mailbox=mailbox_id, pk__gt=seen, raw__isnull=False).select_related("raw").order_by("pk")
    return iter((rows.select_for_update(of=("self",)) if locked else rows)[:BATCH])


def _compare(letters: list[Message]) -> tuple[Step, list[tuple[Message, Findable]]]:
    known = _known([letter.pk for letter in letters])
    missing, different = list[int](), list[int]()
    wrong: list[tuple[Message, Findable]] = []
    for letter in letters:
        found = findable(letter_of(letter))
        entry = known.get(letter.pk)
        if entry == _wanted(letter, found):
            continue
        (different if entry else missing).append(letter.pk)
        wrong.append((letter, found))
    return Step(len(letters), missing, different), wrong


def _wanted(letter: Message, found: Findable) -> tuple[str, frozenset[str]]:
    return found.text, found.tokens | frozenset(index.scopes(letter.mailbox_id, letter.internal_date))


def _known(ids: list[int]) -> dict[int, tuple[str, frozenset[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id, text, tsvector_to_array(tsv) FROM mailbox_searchentry WHERE message_id = ANY(%s)", [ids]
        )
        return {pk: (text, frozenset(words)) for pk, text, words in cursor.fetchall()}


def _tidy() -> None:
    """After many rows the planner needs new numbers, and what waits unsorted in the index is put in its place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_words'::regclass)")
        cursor.execute(f"ANALYZE {SearchEntry._meta.db_table}")
