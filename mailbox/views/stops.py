"""A conversation as the stops of a line: each letter's facts, and of those that are unfolded what they say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from mailbox.models import Flag, Folder, Message, Placement
from mailbox.templatetags.look import full_moment, hue, initials, moment
from mailbox.views.letters import Body, body_of
from mailbox.views.rows import script_of, short_name

Role = Folder.Role
MOST = 500  # letters of one conversation that are looked at: the newest
AHEAD, BEHIND = 1, 2  # folded letters that stay beside a knot
UNFOLDED = 20  # letters that are opened at once
APART = {Role.TRASH, Role.JUNK, Role.DRAFTS}  # seen only from there


@dataclass(frozen=True, slots=True)
class Stop:
    """One letter on the line; without a body it is folded."""

    message: Message
    id: str
    who: str
    address: str
    stamp: str
    hue: int
    time: str
    full_time: str
    iso: str
    snippet: str
    lang: str
    mine: bool
    unread: bool
    starred: bool
    draft: bool
    body: Body | None
    knot: int = 0  # so many letters are folded away before this one


@dataclass(frozen=True, slots=True)
class Line:
    """All stops, oldest first, and who meets on it."""

    stops: list[Stop]
    meta: str

    @property
    def last(self) -> Stop | None:
        return self.stops[-1] if self.stops else None


def line_of(placements: Iterable[Placement], folder: Folder, mine: Collection[str], *, whole: bool, asked: int = 0) -> Line:
    """The conversation as it looks from that folder. `whole` unties the knot; `asked` is a letter to unfold."""
    letters = _letters(placements, folder)
    opened = _opened(letters, asked)
    kept = letters if whole else _kept(letters, opened)
    stops, knot = [], 0
    for placement in letters:
        if placement not in kept:
            knot += 1
            continue
        stops.append(stop_of(placement, mine, unfold=placement.pk in opened, knot=knot))
        knot = 0
    return Line(stops, _meta(letters, mine))


def stop_of(placement: Placement, mine: Collection[str], *, unfold: bool, knot: int = 0) -> Stop:
    message = placement.message
    name, own = message.from_name or message.from_address, message.from_address.lower() in mine
    when = message.sent_at or message.internal_date
    return Stop(
        message=message,
        id=f"l{message.pk}",
        who=gettext("Me") if own else name or gettext("Unknown sender"),
        address=message.from_address,
        stamp=initials(name),
        hue=hue(message.from_address),
        time=moment(when),
        full_time=full_moment(when),
        iso=when.isoformat(),
        snippet=message.snippet,
        lang=script_of(message.snippet),
        mine=own,
        unread=not placement.flags & Flag.SEEN,
        starred=bool(placement.flags & Flag.FLAGGED),
        draft=bool(placement.flags & Flag.DRAFT),
        body=body_of(message, mine) if unfold else None,
        knot=knot,
    )


def _letters(placements: Iterable[Placement], folder: Folder) -> list[Placement]:
    """One placement a letter, the one in this folder first; letters of Trash, Spam and Drafts only from there."""
    best: dict[int, Placement] = {}
    for placement in placements:
        if placement.folder_id == folder.pk or (placement.folder.role not in APART and placement.message_id not in best):
            best[placement.message_id] = placement
    return sorted(best.values(), key=lambda placement: (placement.sort_at, placement.pk))


def _opened(letters: list[Placement], asked: int) -> set[int]:
    """The last letter, the unread ones and the one that was asked for."""
    unread = [placement.pk for placement in letters if not placement.flags & Flag.SEEN]
    wanted = {placement.pk for placement in letters if placement.message_id == asked}
    return {*unread[-UNFOLDED:], *wanted, *(placement.pk for placement in letters[-1:])}


def _kept(letters: list[Placement], opened: set[int]) -> list[Placement]:
    """The letters that are not tied into the knot: the first, those that are open, and the two before them."""
    first_open = next((at for at, placement in enumerate(letters) if placement.pk in opened), 0)
    tied = letters[AHEAD : max(AHEAD, first_open - BEHIND)]
    return letters if len(tied) < BEHIND else [placement for placement in letters if placement not in tied]


def _meta(letters: list[Placement], mine: Collection[str]) -> str:
    """6 letters between Bob Marlow, Camille Roux and you."""
    count = len(letters)
    words = ngettext("%(count)d letter", "%(count)d letters", count) % {"count": count}
    names = {
        placement.message.from_address.lower(): placement.message.from_name or placement.message.from_address
        for placement in letters
    }
    others = [name for address, name in names.items() if address not in mine]
    if count < 2 or not others:
        return ""
    shown = others if len(others) < 4 else [short_name(name) for name in others]
    if len(names) > len(others):
        return gettext("%(letters)s between %(names)s and you") % {"letters": words, "names": ", ".join(shown)}
    return gettext("%(letters)s from %(names)s") % {"letters": words, "names": ", ".join(shown)}
