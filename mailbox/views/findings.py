"""What a search found, as a list: its rows with the words marked, how many there are, and what is to be said about it."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from accounts.models import User
from mailbox.models import Flag, Folder, Placement, SearchEntry, ThreadFolder
from mailbox.search import find
from mailbox.search.conditions import HIDDEN, Eye, speaks_of_places
from mailbox.search.find import Search, TooLong
from mailbox.search.patterns import marks
from mailbox.search.query import Query, parse
from mailbox.search.tree import And, Fact
from mailbox.templatetags.look import row_time
from mailbox.views import letterwise
from mailbox.views.listing import PAGE_SIZE, Listing, Page
from mailbox.views.places import label_of
from mailbox.views.rows import EPOCH, Cursor, Day, Eyes, Row, row, script_of, seeing_sent
from mailbox.views.troubles import trouble_of

AHEAD = 24  # characters of a letter before the first word that was looked for
SHOWN = 220
MANY = 100  # hits in trash and spam that are counted
Role = Folder.Role
LIKELIEST = [Role.INBOX, Role.NONE, Role.ARCHIVE, Role.SENT, Role.DRAFTS, Role.ALL, Role.JUNK, Role.TRASH]


@dataclass(frozen=True)
class Found(Page):
    """A page of findings. `count` is None where there are more than it shows: another request counts them."""

    count: int | None = None
    seconds: float = 0.0
    trouble: str = ""
    hidden: int = 0
    asks: bool = True

    @property
    def words(self) -> str:
        return count_words(self.count) if self.count is not None else gettext("Results")

    @property
    def took(self) -> str:
        return gettext("in %(seconds)s s") % {"seconds": f"{self.seconds:.2f}"}


def count_words(count: int) -> str:
    return ngettext("%(count)s result", "%(count)s results", count) % {"count": f"{count:,}"}


def search_of(user: User, query: Query) -> Search:
    return Search(query.tree, Eye(user, timezone.now(), timezone.get_current_timezone()))


def found_of(user: User, listing: Listing, eyes: Eyes, before: Cursor | None) -> Found:
    """A page of what was typed. One that takes too long says so, and shows nothing."""
    query, began = parse(listing.search or ""), time.perf_counter()
    search = search_of(user, query)
    try:
        with find.patiently():
            hits = (search.page if user.conversations else search.letters)(before, size=PAGE_SIZE + 1)
            more = len(hits) > PAGE_SIZE
            hidden = 0 if more or not hits_hidden(query) else _hidden(user, query)
            shape = _rows if user.conversations else _letters
            rows = shape(query, hits[:PAGE_SIZE], replace(eyes, listing=listing.key), listing.folders)
    except TooLong:
        return Found([], "", count=0, trouble=trouble_of(("patience", "")))
    older = f"{listing.url}&{urlencode({'before': _cursor(hits[PAGE_SIZE - 1].cursor)})}" if more else ""
    count = None if more or before else len(hits)
    took = time.perf_counter() - began
    return Found([Day("", rows)] if rows else [], older, count, took, trouble_of(query.trouble), hidden, search.asks)


def hits_hidden(query: Query) -> bool:
    """Whether trash and spam were left out."""
    return not speaks_of_places(query.tree) and query.tree != And()


def _hidden(user: User, query: Query) -> int:
    """How many conversations lie in trash and spam, up to MANY."""
    found = search_of(user, Query(And((query.tree, Fact("in", "anywhere"))), ("", ""))).all()
    there = Placement.objects.of(user).live().filter(folder__role__in=HIDDEN)
    messages = found.filter(message__in=there.values("message")).order_by()
    return messages.values("message__thread").distinct()[:MANY].count()


def _cursor(cursor: Cursor) -> str:
    moment, message = cursor
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}.{message}"


def letters_found(user: User, typed: str) -> QuerySet[Placement]:
    """Every letter of every conversation that is found, in the folders where what was found lies."""
    query = parse(typed)
    flags = F("flags").bitand(Flag.DELETED)
    lying = Placement.objects.of(user).live().annotate(deleted=flags).filter(deleted=0)
    found = lying.filter(message__in=search_of(user, query).all().values("message"))
    if hits_hidden(query):
        found = found.exclude(folder__role__in=HIDDEN)
    beside = found.filter(folder=OuterRef("folder"), message__thread=OuterRef("message__thread"))
    return lying.filter(Exists(beside))


# --- Rows -------------------------------------------------------------------------------------------------------------


def _rows(query: Query, hits: Sequence[find.Hit], eyes: Eyes, folders: Iterable[Folder]) -> list[Row]:
    known = {folder.pk: folder for folder in folders}
    homes = _homes(hits, known)
    wanted = {hit.thread: homes[hit.message] for hit in hits if hit.message in homes}
    places = ThreadFolder.objects.filter(thread__in=wanted, folder__in=known).annotate(letters=F("thread__count"))
    by_thread = {place.thread_id: place for place in places if wanted[place.thread_id] == place.folder_id}
    eyes = seeing_sent(eyes, by_thread.values(), known)
    texts, pattern = _texts(homes), marks(query.tree)
    return [
        _row(hit, texts[hit.message], by_thread[hit.thread], known[by_thread[hit.thread].folder_id], eyes, pattern)
        for hit in hits
        if hit.thread in by_thread and hit.message in texts
    ]


def _letters(query: Query, hits: Sequence[find.Hit], eyes: Eyes, folders: Iterable[Folder]) -> list[Row]:
    """For people who want no conversations."""
    known = {folder.pk: folder for folder in folders}
    homes = _homes(hits, known)
    lying = Placement.objects.live().filter(message__in=homes, folder__in=known).select_related("message")
    by_letter = {one.message_id: one for one in lying if homes[one.message_id] == one.folder_id}
    places = {letter: letterwise.place_of(one, known[one.folder_id]) for letter, one in by_letter.items()}
    eyes, texts, pattern = seeing_sent(eyes, places.values(), known), _texts(homes), marks(query.tree)
    found = [(hit, texts[hit.message], places[hit.message]) for hit in hits if hit.message in places and hit.message in texts]
    return [_row(hit, text, place, known[place.folder_id], eyes, pattern) for hit, text, place in found]


def _homes(hits: Iterable[find.Hit], known: dict[int, Folder]) -> dict[int, int]:
    """Of each letter the likeliest folder that it lies in."""
    return {
        hit.message: min(here, key=lambda folder: LIKELIEST.index(Role(known[folder].role)))
        for hit in hits
        if (here := [folder for folder in hit.folders if folder in known])
    }


class Text(NamedTuple):
    """What of a letter its row shows: the text that was searched, its subject, its beginning."""

    searched: str
    subject: str
    snippet: str


def _texts(messages: Iterable[int]) -> dict[int, Text]:
    found = SearchEntry.objects.filter(message__in=list(messages))
    rows = found.values_list("message_id", "text", "message__subject", "message__snippet")
    return {message: Text(*texts) for message, *texts in rows}


def _row(hit: find.Hit, text: Text, place: ThreadFolder, folder: Folder, eyes: Eyes, pattern: re.Pattern[str] | None) -> Row:
    """The conversation as a list shows it, with the letter that was found in it."""
    local = hit.sort_at.astimezone(eyes.now.tzinfo)
    subject, snippet = text.subject or gettext("(no subject)"), _snippet(text.searched.split("\n"), text.snippet, pattern)
    found = row(place, folder, eyes)
    return replace(
        found,
        url=f"{found.url}&open={hit.message}",
        subject=subject,
        snippet=snippet,
        lang=script_of(subject),
        snippet_lang=script_of(snippet),
        time=row_time(local, eyes.now),
        iso=local.isoformat(timespec="minutes"),
        where=None,
        marked_subject=marked(subject, pattern),
        place=label_of(folder),
    )


def _snippet(lines: list[str], usual: str, pattern: re.Pattern[str] | None) -> SafeString:
    """The letter around the first word that was looked for, or the names of its files, or its beginning as always."""
    for text in (lines[-1], lines[4] if len(lines) > 5 else "") if pattern else ():
        if pattern and (found := pattern.search(text)):
            begin = max(0, found.start() - AHEAD)
            begin = text.find(" ", begin, found.start()) + 1 or begin if begin else 0
            return marked("…" * bool(begin) + text[begin : begin + SHOWN], pattern)
    return marked(usual, pattern)


def marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    """The text with marks around what was looked for."""
    pieces, position = list[str](), 0
    for found in pattern.finditer(text) if pattern else ():
        start, end = next(span for span in found.regs[1:] if span[0] >= 0)
        pieces += [text[position:start], text[start:end]]
        position = end
    return format_html("{}<mark>{}</mark>" * (len(pieces) // 2) + "{}", *pieces, text[position:])
