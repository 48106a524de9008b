"""A mail server with state that speaks the dialect of a provider: whole passes can be played against it.

Only what the mirror says is understood; everything else is answered by BAD, and kept in `trouble`.
"""

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesHeaderParser

from mailbox.wire import Endpoint

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SPECIAL = {"Sent": "\\Sent", "Drafts": "\\Drafts", "Trash": "\\Trash", "Junk": "\\Junk", "Archive": "\\Archive"}
GMAIL = {"INBOX": "\\Inbox", "[Gmail]/Sent Mail": "\\Sent", "[Gmail]/Drafts": "\\Draft"}
GMAIL_ROLES = {"[Gmail]/Sent Mail": "\\Sent", "[Gmail]/Drafts": "\\Drafts", "[Gmail]/All Mail": "\\All"}
GMAIL_ROLES |= {"[Gmail]/Spam": "\\Junk", "[Gmail]/Trash": "\\Trash", "[Gmail]/Starred": "\\Flagged"}
ALL, GONE = "[Gmail]/All Mail", {"[Gmail]/Spam", "[Gmail]/Trash"}


@dataclass(frozen=True)
class Dialect:
    """`says`: what a command whose name and arguments match is answered with, so often, before it is done or instead of it."""

    offers: str = ""
    folders: dict[str, str] = field(default_factory=lambda: {"INBOX": "", **SPECIAL})
    gmail: bool = False
    longest: int = 65_536  # octets of a command
    wants_id: bool = False
    uidnext: bool = True
    modseq: str = ""  # said in the place of every mod-sequence
    keeps: str = "\\*"
    hides_own: bool = False  # what was filed on a line is not seen on it before the folder is opened again
    bad_copyuid: bool = False
    empty_bodies: int = 0  # answers that lack the bytes that were asked for
    stray: str = ""  # said before the answer to every FETCH


@dataclass
class Letter:
    raw: bytes
    number: int
    flags: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    modseq: int = 1
    away: str = ""  # Gmail's Spam or Trash


@dataclass
class Box:
    uidvalidity: int
    letters: dict[int, Letter] = field(default_factory=dict)
    uidnext: int = 1


class Office:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect, self.modseq, self.made = dialect, 1, 0
        self.boxes = {name: Box(7 + at) for at, name in enumerate(dialect.folders)}
        self.heard: list[str] = []
        self.trouble: list[str] = []
        self.lock = threading.RLock()
        self.port, self.bare = 0, dialect.empty_bodies

    def endpoint(self, scheme: str = "imap+plain") -> Endpoint:
        return Endpoint(scheme, "127.0.0.1", self.port)

    # --- What another client does ------------------------------------------------------------------------------------------

    def add(self, folder: str, raw: bytes, *flags: str, labels: tuple[str, ...] = ()) -> Letter:
        with self.lock:
            self.made += 1
            letter = Letter(raw, 1000 + self.made, set(flags), set(labels))
            if self.dialect.gmail:
                letter.labels |= {GMAIL[folder]} if folder in GMAIL else set()
                letter.away = folder if folder in GONE else ""
            else:
                self._put(folder, letter)
            self.touch(letter)
            return letter

    def touch(self, letter: Letter) -> None:
        """It is different now: it has a newer mod-sequence, and at Gmail it lies where its labels say."""
        self.modseq += 1
        letter.modseq = self.modseq
        for name, box in self.boxes.items() if self.dialect.gmail else ():
            here = next((uid for uid, one in box.letters.items() if one is letter), 0)
            if self._belongs(letter, name) and not here:
                self._put(name, letter)
            elif here and not self._belongs(letter, name):
                del box.letters[here]

    def label(self, letter: Letter, *labels: str, on: bool = True) -> None:
        with self.lock:
            letter.labels = letter.labels | set(labels) if on else letter.labels - set(labels)
            for name in labels if on else ():
                if name not in GMAIL.values():
                    self.boxes.setdefault(name, Box(7 + len(self.boxes)))
            self.touch(letter)

    def rename_label(self, old: str, new: str) -> None:
        """No letter gets another mod-sequence."""
        self.boxes[new] = self.boxes.pop(old)
        for box in self.boxes.values():
            for letter in box.letters.values():
                letter.labels = {new if one == old else one for one in letter.labels}

    def expunge(self, folder: str, subject: bytes) -> None:
        with self.lock:
            box = self.boxes[folder]
            box.letters = {uid: one for uid, one in box.letters.items() if subject not in one.raw}
            self.modseq += 1

    def subjects(self, folder: str) -> list[str]:
        """Of what is not only waiting for its expunge."""
        lying = (one.raw for one in self.boxes[folder].letters.values() if "\\Deleted" not in one.flags)
        return [str(BytesHeaderParser().parsebytes(raw)["subject"]) for raw in lying]

    def _belongs(self, letter: Letter, name: str) -> bool:
        if letter.away:
            return name == letter.away
        return name == ALL or GMAIL.get(name, name) in letter.labels

    def _copied(self, letter: Letter) -> Letter:
        return Letter(letter.raw, letter.number, set(letter.flags), modseq=self.modseq)

    def _put(self, name: str, letter: Letter) -> int:
        box = self.boxes[name]
        uid, box.uidnext = box.uidnext, box.uidnext + 1
        box.letters[uid] = letter
        return uid

    # --- What a command does -----------------------------------------------------------------------------------------------

    def carry(self, name: str, target: str, uids: list[int], *, stays: bool) -> list[int]:
        """COPY or MOVE; the UIDs there."""
        letters = [self.boxes[name].letters[uid] for uid in uids]
        if not self.dialect.gmail:
            for uid in uids if not stays else ():
                del self.boxes[name].letters[uid]
            return [self._put(target, self._copied(letter) if stays else letter) for letter in letters]
        for letter in letters:
            letter.away = target if target in GONE else ""
            letter.labels |= {GMAIL[target]} if target in GMAIL else set()
            letter.labels -= {GMAIL[name]} if name in GMAIL and not stays else set()
            self.touch(letter)
        return [next(uid for uid, one in self.boxes[target].letters.items() if one is letter) for letter in letters]


def uids_of(text: str, letters: dict[int, Letter]) -> list[int]:
    """Those of a set like 1:3,5,9:* that are there; `*` is the last, and so is what begins after it."""
    last, found = max(letters, default=0), set[int]()
    for piece in text.split(","):
        low, _, high = piece.partition(":")
        ends = sorted(last if one == "*" else int(one) for one in (low, high or low))
        found |= {uid for uid in letters if ends[0] <= uid <= ends[1]}
    return sorted(found)


ITEM = re.compile(r"BODY\.PEEK\[(HEADER(?:\.FIELDS \(([^)]*)\))?)?\](<0\.(\d+)>)?")
