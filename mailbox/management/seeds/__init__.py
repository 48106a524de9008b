"""The letters that a demonstration begins with: one .eml file each, in a folder named after its owner.

Above the letter's own headers stands `X-Seed: FOLDER [seen] [answered] [flagged] [#label]`, and its Date is written relative
to the day of planting: `Date: -2 09:41 +0100` is the day before yesterday. The rest of the file is the letter, byte for byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path

FOLDER = Path(__file__).parent
SEED = re.compile(rb"\AX-Seed: ([^\r\n]+)\n")
DATE = re.compile(rb"^Date: -(\d+) (\d\d:\d\d) ([+-]\d{4})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seed:
    """A letter to plant: `folder` as IMAP names it, `flags` as IMAP writes them, `raw` with CRLF, `date` aware."""

    folder: str
    flags: tuple[str, ...]
    raw: bytes
    date: datetime


def seeds(owner: str, now: datetime) -> Iterator[Seed]:
    """The letters of `owner` ("alice", "bob"), oldest first; none is later than `now`."""
    found = [_seed(path, now) for path in sorted((FOLDER / owner).glob("*.eml"))]
    return iter(sorted(found, key=lambda seed: seed.date))


def _seed(path: Path, now: datetime) -> Seed:
    raw = path.read_bytes()
    place = SEED.match(raw)
    when = DATE.search(raw)
    if not place or not when:
        raise ValueError(f"{path.name} does not say where and when it belongs.")
    folder, *flags = place[1].decode().split()
    date = _date(now, int(when[1]), when[2].decode(), when[3].decode())
    dated = raw[place.end() :].replace(when[0], b"Date: " + format_datetime(date).encode(), 1)
    marks = tuple(flag[1:] if flag.startswith("#") else f"\\{flag.title()}" for flag in flags)
    return Seed(folder, marks, dated.replace(b"\n", b"\r\n"), date)


def _date(now: datetime, days: int, clock: str, offset: str) -> datetime:
    zone = datetime.strptime(offset, "%z").tzinfo
    local = now.astimezone(zone)
    wanted = datetime.combine(local.date() - timedelta(days=days), time.fromisoformat(clock), zone)
    return min(wanted, local.replace(microsecond=0) - timedelta(minutes=1))
