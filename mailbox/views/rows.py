"""List rows, ready to show: every value is made here, because template filters in fifty rows are dear."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from mailbox.models import Folder, ThreadFolder
from mailbox.templatetags.look import HANGUL, day_heading, full_moment, hue, initials, row_time
from mailbox.views.acts import Act, row_acts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_NAMES = 3
SENT = {Folder.Role.SENT, Folder.Role.DRAFTS}

Cursor = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, and at which list: `mine` are the person's own addresses, `listing` the key of the list."""

    mine: Collection[str]
    listing: str = ""
    current: int = 0  # the conversation that is open


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
    full_time: str
    iso: str
    letters: int
    unread: bool
    starred: bool
    attachments: bool
    current: bool
    version: str
    heading: str
    thread_id: int
    base: str
    query: str
    acts: tuple[Act, ...]


def words() -> dict[str, str]:
    """The words of a row, translated once for all rows."""
    return {
        "select": gettext("Select"),
        "unread": gettext("Unread"),
        "starred": gettext("Starred"),
        "files": gettext("Attachments"),
        "for_ever": gettext("These letters are deleted here and on the server, and nobody can bring them back."),
    }


def row_id(thread_id: int, folder_id: int) -> str:
    return f"{thread_id}-{folder_id}"


def thread_url(thread_id: int, folder_id: int, listing: str = "") -> str:
    """A conversation, opened from that folder's list or from the list of that name."""
    return f"{reverse('thread', args=[thread_id])}?{thread_query(folder_id, listing)}"


def thread_query(folder_id: int, listing: str = "") -> str:
    return urlencode({"in": folder_id} | ({"list": listing} if listing and listing != f"f{folder_id}" else {}))


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


def row(place: ThreadFolder, folder: Folder, eyes: Eyes, now: datetime) -> Row:
    """Shape one row; `place` comes from `ThreadFolder.objects.page`, so it knows how many letters the conversation has."""
    people = place.people or [["", gettext("Nobody")]]
    others = [person for person in people if person[1] not in eyes.mine] or people
    name, address = others[-1]
    who = names(people, eyes.mine)
    base, query = reverse("thread", args=[place.thread_id]), thread_query(place.folder_id, eyes.listing)
    letters: int = place.letters  # type: ignore[attr-defined]  # a column of the page query
    return Row(
        id=row_id(place.thread_id, place.folder_id),
        url=f"{base}?{query}",
        who=gettext("To %(names)s") % {"names": who} if folder.role in SENT else who,
        stamp=initials(name or address),
        hue=hue(address),
        subject=place.subject or gettext("(no subject)"),
        snippet=place.snippet,
        lang=script_of(place.subject),
        snippet_lang=script_of(place.snippet),
        time=row_time(place.last_at, now),
        full_time=full_moment(place.last_at),
        iso=place.last_at.isoformat(),
        letters=letters if letters > 1 else 0,
        unread=place.unread > 0,
        starred=place.flagged > 0,
        attachments=place.has_attachments,
        current=place.thread_id == eyes.current,
        version=f"{place.last_at.timestamp()}.{letters}.{place.unread}.{place.flagged}",
        heading=day_heading(place.last_at, now),
        thread_id=place.thread_id,
        base=base,
        query=query,
        acts=row_acts(folder.role, place.unread > 0),
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The rows under one heading; the heading is empty where it already stands above the rows before these."""

    heading: str
    rows: list[Row]


def days(places: Iterable[ThreadFolder], folders: dict[int, Folder], eyes: Eyes, before: Cursor | None = None) -> list[Day]:
    """The rows of a page under their headings; `before` is where the page above ended."""
    now = timezone.now()
    above = day_heading(before[0], now) if before else ""
    rows = [row(place, folders[place.folder_id], eyes, now) for place in places]
    grouped = [Day(heading, list(group)) for heading, group in groupby(rows, lambda one: one.heading)]
    if grouped and grouped[0].heading == above:
        grouped[0] = Day("", grouped[0].rows)
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
