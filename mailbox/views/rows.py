"""List rows, ready to show: every value is made here, because template filters in fifty rows are dear."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from mailbox.models import Folder, ThreadFolder
from mailbox.templatetags.look import HANGUL, day_heading, hue, icon, initials, moment, row_time
from mailbox.views.chips import chips, drawn
from mailbox.views.sent import Whereabouts, of_letters, whereabouts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_NAMES = 3
SENT = {Folder.Role.SENT, Folder.Role.DRAFTS}

Cursor = tuple[datetime, int]


@dataclass(frozen=True)
class Eyes:
    """Who looks, at which list, and when: asked once a page, used for every row. `mine` are the person's own addresses,
    `listing` the key of the list, `current` the conversation that is open, `letter` the only one of it that is, `changeable` the
    Mailboxes that the person may file in (None: no other is in the list), `sent` where sent letters are."""

    mine: Collection[str]
    listing: str = ""
    current: int = 0
    letter: int = 0
    changeable: Collection[int] | None = None
    now: datetime = field(default_factory=timezone.localtime)
    sent: Mapping[int, Whereabouts] = field(default_factory=dict)

    @cached_property
    def base(self) -> str:
        """The address of a conversation up to its number."""
        return reverse("thread", args=[0]).removesuffix("0/")


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in one folder's list. `id` names both ("12-3"); `version` changes when anything shown does."""

    id: str
    url: str
    who: str
    stamp: str
    hue: int
    subject: str
    snippet: str
    lang: str
    snippet_lang: str
    time: str
    iso: str
    letters: int
    unread: bool
    starred: bool
    attachments: bool
    current: bool
    chips: str
    version: str
    day: date
    thread_id: int
    letter: int  # the one that the row is about; 0: the whole conversation
    base: str
    query: str
    fixed: bool = False  # by a person who may only read it
    where: Whereabouts | None = None
    marked_subject: str = ""  # what a search found: with its marks, which no attribute can have,
    place: str = ""  # and where the letter lies

    @property
    def values(self) -> dict[str, str | int]:
        """By the names that the template knows."""
        values: dict[str, str | int] = {name: getattr(self, name) for name in DRAWN}
        if self.where:
            values |= {"state": self.where.words, "tone": self.where.tone, "icon": icon(self.where.icon)}
        return values


DRAWN = [field.name for field in fields(Row) if field.name not in {"day", "thread_id", "letter", "base", "query", "where"}]


def row_id(thread_id: int, folder_id: int, letter: int = 0) -> str:
    return f"{thread_id}-{folder_id}-{letter}" if letter else f"{thread_id}-{folder_id}"


def thread_query(folder_id: int, listing: str = "", letter: int = 0) -> str:
    """From which folder a conversation is opened, and from which list if it is not that folder's own; `letter`: no more of it
    than that."""
    query = f"in={folder_id}&list={quote(listing)}" if listing and listing != f"f{folder_id}" else f"in={folder_id}"
    return f"{query}&letter={letter}" if letter else query


def names(people: list[list[str]], mine: Collection[str]) -> str:
    """Bob Marlow; Camille, Noor, me; Bob, 김하늘 and 2 others."""
    unique = dict.fromkeys((name or address, address) for name, address in people)
    if len(unique) == 1:
        name, address = next(iter(unique))
        return gettext("Me") if address in mine else name
    short = list(dict.fromkeys(gettext("me") if address in mine else short_name(name) for name, address in unique))
    if len(short) <= SHOWN_NAMES:
        return ", ".join(short)
    rest = len(short) - SHOWN_NAMES + 1
    shown = ", ".join(short[: SHOWN_NAMES - 1])
    return ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", rest) % {"names": shown, "count": rest}


def short_name(name: str) -> str:
    """Camille Roux gives Camille; a Korean name and an address stay whole."""
    if HANGUL.search(name) or "@" in name:
        return name
    last, comma, first = name.partition(",")
    return (first.split() or [last])[0] if comma else (name.split() or [name])[0]


def script_of(text: str) -> str:
    """ "ko" for a Korean run in a page of another language, so that it gets its own type; else ""."""
    return "ko" if HANGUL.search(text) and not (get_language() or "").startswith("ko") else ""


def back_at(place: ThreadFolder) -> Whereabouts | None:
    """When a conversation that was put off comes back."""
    if place.snoozed_until is None:
        return None
    return Whereabouts("wait", "clock", gettext("Back %(time)s") % {"time": moment(place.snoozed_until)})


def row(place: ThreadFolder, folder: Folder, eyes: Eyes) -> Row:
    """Shape one row; `place` comes from `ThreadFolder.objects.page`, so it knows how many letters the conversation has."""
    people = place.people or [["", gettext("Nobody")]]
    name, address = next((person for person in reversed(people) if person[1].lower() not in eyes.mine), people[-1])
    who, local = names(people, eyes.mine), place.last_at.astimezone(eyes.now.tzinfo)
    letter: int = getattr(place, "letter", 0)
    base, query = f"{eyes.base}{place.thread_id}/", thread_query(place.folder_id, eyes.listing, letter)
    where = eyes.sent.get(letter or place.thread_id) if folder.role == Folder.Role.SENT else back_at(place)
    letters: int = place.letters  # type: ignore[attr-defined]  # a column of the page query
    labels = chips(place.labels) if place.labels else []
    state = f"{place.unread}.{place.flagged}.{'.'.join(chip.name for chip in labels)}{where.words if where else ''}"
    return Row(
        id=row_id(place.thread_id, place.folder_id, letter),
        url=f"{base}?{query}",
        who=gettext("To %(names)s") % {"names": who} if folder.role in SENT else who,
        stamp=initials(name or address),
        hue=hue(address),
        subject=place.subject or gettext("(no subject)"),
        snippet=place.snippet,
        lang=script_of(place.subject),
        snippet_lang=script_of(place.snippet),
        time=row_time(local, eyes.now),
        iso=local.isoformat(timespec="minutes"),
        letters=letters if letters > 1 else 0,
        unread=place.unread > 0,
        starred=place.flagged > 0,
        attachments=place.has_attachments,
        current=(place.thread_id, letter) == (eyes.current, eyes.letter),
        chips=drawn(labels) if labels else "",
        version=f"{place.last_at.timestamp()}.{letters}.{state}",
        day=local.date(),
        thread_id=place.thread_id,
        letter=letter,
        base=base,
        query=query,
        fixed=eyes.changeable is not None and folder.mailbox_id not in eyes.changeable,
        where=where,
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The rows under one heading; the heading is empty where it already stands above the rows before these."""

    heading: str
    rows: list[Row]


def seeing_sent(eyes: Eyes, places: Iterable[ThreadFolder], folders: Mapping[int, Folder]) -> Eyes:
    """The same eyes, which also see where the letters in sent folders are."""
    sent = [one for one in places if folders[one.folder_id].role == Folder.Role.SENT]
    letters = [letter for one in sent if (letter := getattr(one, "letter", 0))]
    return replace(eyes, sent=of_letters(letters) if letters else whereabouts([one.thread_id for one in sent]))


def days(places: Sequence[ThreadFolder], folders: dict[int, Folder], eyes: Eyes, before: Cursor | None = None) -> list[Day]:
    """The rows of a page under their headings; `before` is where the page above ended."""
    today, grouped = eyes.now.date(), list[Day]()
    above = day_heading(timezone.localtime(before[0]).date(), today) if before else ""
    eyes = seeing_sent(eyes, places, folders)
    rows = (row(place, folders[place.folder_id], eyes) for place in places)
    for day, some in groupby(rows, lambda one: one.day):
        heading = day_heading(day, today)
        if grouped and heading == above:
            grouped[-1].rows.extend(some)
        else:
            grouped.append(Day("" if heading == above else heading, list(some)))
        above = heading
    return grouped


def cursor_of(place: ThreadFolder) -> str:
    """Where the next page begins, for the address line: microseconds and id."""
    return f"{(place.last_at - EPOCH) // timedelta(microseconds=1)}.{place.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The other way round; None for the first page and for nonsense."""
    moment, dot, row = text.partition(".")
    if not (dot and moment.isascii() and moment.isdigit() and row.isascii() and row.isdigit() and len(text) < 40):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(moment)), min(int(row), 2**63 - 1)
    except OverflowError:
        return None
