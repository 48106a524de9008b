"""What a server says, as frozen values: one class for each kind of response that the mirror uses."""

from dataclasses import dataclass, field
from datetime import datetime

from mailbox.imap.uids import UidSet

# System flags as bits (RFC 9051 section 2.3.2); the tables count with the same figures.
SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class Status:
    """OK, NO, BAD, BYE or PREAUTH. `tag` is empty if it answers no command; `[UIDNEXT 5]` is code UIDNEXT, data 5."""

    tag: str
    kind: str
    code: str
    data: str
    text: str

    @property
    def ok(self) -> bool:
        return self.kind == "OK"


@dataclass(frozen=True, slots=True)
class Continue:
    """`+`: go on with the rest of the command."""

    text: str


@dataclass(frozen=True, slots=True)
class Capability:
    names: frozenset[str]  # upper case


@dataclass(frozen=True, slots=True)
class Enabled:
    names: frozenset[str]  # upper case


@dataclass(frozen=True, slots=True)
class Exists:
    count: int


@dataclass(frozen=True, slots=True)
class Expunged:
    number: int  # a sequence number: good for counting, never for naming a letter


@dataclass(frozen=True, slots=True)
class Vanished:
    """RFC 7162 section 3.2.10. The set is empty if it could not be read: something is gone, count to learn what."""

    uids: UidSet
    earlier: bool


@dataclass(frozen=True, slots=True)
class FolderFlags:
    """`* FLAGS (...)`: the flags that the selected folder knows."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one FETCH response tells of one letter; what it does not tell is None, and `uid` 0."""

    number: int
    uid: int = 0
    flags: int | None = None  # bits, see above; \\Recent is left out
    keywords: tuple[str, ...] = ()
    internal_date: datetime | None = None  # aware
    size: int | None = None  # RFC822.SIZE: an estimate on some servers
    modseq: int | None = None
    header: bytes | None = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)
    offset: int | None = None  # where `body` begins in the letter, if a slice was asked for
    emailid: str | None = None  # EMAILID (RFC 8474) or Gmail's X-GM-MSGID
    threadid: str | None = None  # THREADID or X-GM-THRID
    labels: tuple[str, ...] | None = None  # X-GM-LABELS, as on the wire

    @property
    def words(self) -> tuple[str, ...]:
        """Keywords, and what Gmail tells as labels: those that a person gave, for the others are folders and flags."""
        return (*self.keywords, *(label for label in self.labels or () if not label.startswith("\\")))


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of LIST. `attributes` are lower case with their backslash; `delimiter` is empty in a flat hierarchy."""

    wire_name: str
    delimiter: str
    attributes: frozenset[str]


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """One answer to STATUS; what the server left out is None."""

    wire_name: str
    messages: int | None = None
    unseen: int | None = None
    uidnext: int | None = None
    uidvalidity: int | None = None
    highestmodseq: int | None = None
    mailboxid: str | None = None  # RFC 8474


@dataclass(frozen=True, slots=True)
class Found:
    """SEARCH or ESEARCH."""

    uids: UidSet


@dataclass(frozen=True, slots=True)
class Other:
    """A response that nobody here needs."""

    name: str


Event = (
    Status | Continue | Capability | Enabled | Exists | Expunged | Vanished | FolderFlags | Fetched | Listed | FolderStatus
    | Found | Other
)  # fmt: skip
