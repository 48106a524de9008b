"""What to do about a folder: what the server says, against what we hold, as small actions. No table, no socket.

a listing      x our folders      -> Add, Update, Rename, Miss, Drop
a STATUS       x our cursors      -> whether the folder can be passed by
UIDs there     x UIDs here        -> Difference(missing, vanished), unless it looks like a mistake
flags there    x flags here       -> news
sizes          x limits           -> batches
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailbox.imap.uids import UidSet

VALVE_ROWS = 500  # a pass that would take away more than this many letters
VALVE_SHARE = 0.3  # and more than this part of a folder looks again on a fresh line first


# --- The tree of folders ------------------------------------------------------------------------------------------------


class Listing(Protocol):
    """One folder as LIST gave it."""

    @property
    def name(self) -> str: ...
    @property
    def wire_name(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def selectable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells one folder from another when its name has changed (RFC 9051 section 2.3.1.1)."""

    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True, slots=True)
class Held:
    """One folder as we hold it."""

    id: int
    wire_name: str
    role: str
    selectable: bool
    missing: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Add:
    listing: Listing


@dataclass(frozen=True, slots=True)
class Update:
    """It is there; its role or whether it can be selected changed, or it had been missing."""

    folder: int
    listing: Listing


@dataclass(frozen=True, slots=True)
class Rename:
    folder: int
    listing: Listing


@dataclass(frozen=True, slots=True)
class Miss:
    """Absent from a listing for the first time: one listing proves nothing."""

    folder: int


@dataclass(frozen=True, slots=True)
class Drop:
    folder: int


TreeAction = Add | Update | Rename | Miss | Drop


def tree(listings: Sequence[Listing], held: Sequence[Held], marks: Mapping[str, Mark]) -> list[TreeAction]:
    """`marks` has, by wire name, what STATUS says of the folders that we do not hold. An empty listing is a mistake of the
    server's (every Mailbox has an INBOX) and changes nothing."""
    if not listings:
        return []
    there = {_folded(listing.wire_name): listing for listing in listings}
    here = {_folded(folder.wire_name): folder for folder in held}
    updates = [Update(here[name].id, there[name]) for name in there if name in here and _differs(here[name], there[name])]
    lost = [folder for name, folder in here.items() if name not in there]
    new = [listing for name, listing in there.items() if name not in here]
    renames = list(_renames(lost, new, marks))
    renamed = {action.folder for action in renames}
    taken = {action.listing.wire_name for action in renames}
    gone = [Drop(folder.id) if folder.missing else Miss(folder.id) for folder in lost if folder.id not in renamed]
    return [*renames, *(Add(listing) for listing in new if listing.wire_name not in taken), *updates, *gone]


def unknown(listings: Sequence[Listing], held: Sequence[Held]) -> list[str]:
    """The wire names whose `Mark` decides whether they are new or renamed; none, if nothing is missing here."""
    there, here = {_folded(one.wire_name) for one in listings}, {_folded(one.wire_name) for one in held}
    if here <= there:
        return []
    return [one.wire_name for one in listings if one.selectable and _folded(one.wire_name) not in here]


def _folded(wire_name: str) -> str:
    """INBOX is one folder in whatever case it is written; other names are what they are."""
    return "INBOX" if wire_name.upper() == "INBOX" else wire_name


def _differs(folder: Held, listing: Listing) -> bool:
    return folder.missing or folder.selectable != listing.selectable or bool(listing.role and folder.role != listing.role)


def _renames(lost: Sequence[Held], new: Sequence[Listing], marks: Mapping[str, Mark]) -> Iterator[Rename]:
    """A folder went and another with all its marks came: the same, if only one fits."""
    for folder in lost:
        fits = [listing for listing in new if marks.get(listing.wire_name) == folder.mark]
        alike = [other for other in lost if other.mark == folder.mark]
        if folder.mark and folder.mark.uidvalidity and len(fits) == len(alike) == 1:
            yield Rename(folder.id, fits[0])


# --- One folder ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class There:
    """A folder as STATUS or SELECT tells it; None where the server leaves it out."""

    messages: int
    uidvalidity: int
    uidnext: int | None
    highestmodseq: int | None


@dataclass(frozen=True, slots=True)
class Here:
    """The cursors of a folder. `low`: letters from this UID up to `uidnext` are here; None or 0: see Folder."""

    mirrored: int
    uidvalidity: int
    uidnext: int
    highestmodseq: int
    low: int | None
    stale: bool  # its flags have not been compared for a while


def is_unchanged(there: There, here: Here) -> bool:
    """Whether the folder can be passed by. Without MODSEQ flags may have changed unseen, so it is looked at now and then."""
    same = (there.uidvalidity, there.uidnext, there.messages) == (here.uidvalidity, here.uidnext, here.mirrored)
    if not same or here.low != 0:
        return False
    return there.highestmodseq == here.highestmodseq if there.highestmodseq else not here.stale


# --- UIDs ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    missing: UidSet  # there, not here
    vanished: UidSet  # here, no longer there


def difference(there: UidSet, here: UidSet) -> Difference:
    return Difference(there - here, here - there)


def is_sudden(vanished: int, held: int) -> bool:
    """Whether so much is said to be gone that a mistake is likelier (a server once sent `VANISHED 1:26183`)."""
    return vanished > VALVE_ROWS and vanished > held * VALVE_SHARE


# --- Flags --------------------------------------------------------------------------------------------------------------

Spoken = tuple[int, tuple[str, ...]]  # flags as bits, keywords in order


def news(said: Mapping[int, Spoken], known: Mapping[int, Spoken]) -> dict[int, Spoken]:
    """What the server says of the UIDs that we know and has not said before."""
    return {uid: spoken for uid, spoken in said.items() if uid in known and known[uid] != spoken}


# --- Batches ------------------------------------------------------------------------------------------------------------


def batches(sizes: Iterable[tuple[int, int]], most: int, octets: int) -> Iterator[list[int]]:
    """UIDs of (uid, size) in their order, at most so many and so large together; one that is larger goes alone."""
    batch: list[int] = []
    room = octets
    for uid, size in sizes:
        if batch and (len(batch) == most or size > room):
            yield batch
            batch, room = [], octets
        batch.append(uid)
        room -= size
    if batch:
        yield batch
