"""A letter as a wire gave it, what makes it one letter wherever it lies, and how its bytes are kept. Pure."""

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import zstandard

IDENTITY = 24  # octets; those that tell letters of equal facts apart are longer
LEVEL = 1  # of zstandard: 3 takes twice the time for a twentieth of the room

_FIELD = re.compile(rb"\n(message-id|date|from)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter as a wire gave it. `raw` is all of it, or its header block if `whole` is false; `size` is RFC822.SIZE (of a
    letter written here its length); `identity` is the server's own name for it (EMAILID), if it has one."""

    raw: bytes = field(repr=False)
    uid: int | None
    uidvalidity: int
    flags: int
    internal_date: datetime
    size: int
    keywords: tuple[str, ...] = ()
    modseq: int = 0
    identity: bytes | None = None
    whole: bool = True
    later: bool = False  # only what a list shows was asked for; the rest comes in its turn


_tools = threading.local()  # a compressor takes longer to make than to use, and serves one thread


def pack(data: bytes) -> bytes:
    if not hasattr(_tools, "compressor"):
        _tools.compressor = zstandard.ZstdCompressor(level=LEVEL)
    packed: bytes = _tools.compressor.compress(data)
    return packed


def identity_of(arrival: Arrival) -> bytes:
    """What makes it one letter within its Mailbox, wherever it lies: the server's name for it, or a digest of its facts."""
    if arrival.identity:
        return blake2b(arrival.identity, digest_size=IDENTITY, person=b"server").digest()
    return _digest_of(arrival.raw, arrival.size, arrival.internal_date)


def _digest_of(header: bytes, size: int, internal_date: datetime) -> bytes:
    """Of Message-ID, Date, From, RFC822.SIZE and INTERNALDATE.

    `header` may be the whole letter, its header block, or a fetch of those three fields only: all give the same.
    """
    found: dict[bytes, bytes] = {}
    for name, value in _FIELD.findall(b"\n" + header[: _end_of_header(header)]):
        found.setdefault(name.lower(), b"".join(value.split()))
    facts = [found.get(name, b"") for name in (b"message-id", b"date", b"from")]
    facts.append(b"%d %d" % (size, int(internal_date.timestamp())))
    return blake2b(b"\0".join(facts), digest_size=IDENTITY).digest()


def _end_of_header(raw: bytes) -> int:
    """Where the first empty line follows."""
    end = raw.find(b"\n\r\n")
    end = len(raw) if end < 0 else end
    bare = raw.find(b"\n\n", 0, end)
    return end if bare < 0 else bare
