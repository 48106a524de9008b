"""Response codes with a meaning for the mirror: what COPYUID, APPENDUID and the opening of a folder tell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbox.imap.events import Event, Exists, FolderFlags, Status
from mailbox.imap.uids import TOP_UID
from mailbox.wire import Refused

COPIED_MAX = 100_000  # letters in one COPYUID

_COPYUID = re.compile(r"(\d{1,10}) ([\d:,]+) ([\d:,]+)")
_APPENDUID = re.compile(r"(\d{1,10}) (\d{1,10})")


@dataclass(frozen=True, slots=True)
class CopyUid:
    """Where copied or moved letters are now: (UID there, UID here) pairs, valid under that UIDVALIDITY of the target."""

    uidvalidity: int
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AppendUid:
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder just after SELECT or EXAMINE. None: the server does not say (uidnext), or keeps none (highestmodseq)."""

    exists: int
    uidvalidity: int
    uidnext: int | None
    highestmodseq: int | None
    permanent_flags: tuple[str, ...]
    readonly: bool
    resynced: bool = False  # what changed and vanished since it was last open is among the news (QRESYNC)

    def keeps(self, keyword: str) -> bool:
        """Whether that keyword would still be there in the next session."""
        return "\\*" in self.permanent_flags or keyword.lower() in map(str.lower, self.permanent_flags)


def copy_uid(events: Iterable[Event]) -> CopyUid | None:
    """RFC 4315 section 3; None without one that can be read (Exchange writes it with a set missing)."""
    for event in events:
        found = _COPYUID.fullmatch(event.data) if isinstance(event, Status) and event.code == "COPYUID" else None
        if found:
            there, here = _expand(found[2]), _expand(found[3])
            if there and len(there) == len(here):
                return CopyUid(int(found[1]), tuple(zip(there, here, strict=True)))
    return None


def append_uid(status: Status) -> AppendUid | None:
    found = _APPENDUID.fullmatch(status.data) if status.code == "APPENDUID" else None
    return AppendUid(int(found[1]), int(found[2])) if found else None


def selected(events: Iterable[Event], status: Status, *, readonly: bool) -> Selected:
    """Of what came with a tagged OK. Raises Refused for a folder without UIDVALIDITY: its UIDs mean nothing."""
    exists, codes = 0, dict[str, str]()
    known: tuple[str, ...] = ()
    for event in (*events, status):
        if isinstance(event, Exists):
            exists = event.count
        elif isinstance(event, FolderFlags):
            known = event.names
        elif isinstance(event, Status):
            codes[event.code] = event.data
    uidvalidity = _number(codes.get("UIDVALIDITY"))
    if not uidvalidity:
        raise Refused("The mail server gives the letters of this folder no lasting numbers (UIDVALIDITY).")
    permanent = codes.get("PERMANENTFLAGS")
    return Selected(
        exists,
        uidvalidity,
        _number(codes.get("UIDNEXT")),
        _number(codes.get("HIGHESTMODSEQ")),
        known if permanent is None else tuple(permanent.strip("()").split()),
        readonly or status.code == "READ-ONLY",
    )


def _number(data: str | None) -> int | None:
    """Zoho says HIGHESTMODSEQ -1, some say 0: neither is one."""
    return int(data) or None if data and data.isascii() and data.isdigit() and len(data) < 20 else None


def _expand(written: str) -> list[int]:
    """In the order written, each range upwards; empty if it is too long or no set of UIDs."""
    ranges = [_range(piece) for piece in written.split(",")]
    if sum(high - low + 1 for low, high in ranges) > COPIED_MAX or any(not 0 < low <= high <= TOP_UID for low, high in ranges):
        return []
    return [uid for low, high in ranges for uid in range(low, high + 1)]


def _range(piece: str) -> tuple[int, int]:
    """(0, 0) if it is none."""
    ends = piece.split(":")
    if len(ends) > 2 or not all(end and len(end) <= 10 for end in ends):
        return 0, 0
    low, high = sorted((int(ends[0]), int(ends[-1])))
    return low, high
