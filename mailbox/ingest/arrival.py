"""Bytes become meaning: what one letter that came down a wire is, before any table sees it."""

import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b

import zstandard

from mailbox import index
from mailbox.index import Findable
from mailbox.mime.letter import Letter
from mailbox.mime.read import read_headers, read_letter
from mailbox.mime.text import snippet
from mailbox.models import Message

logger = logging.getLogger(__name__)

IDENTITY = 24  # octets; those that tell letters of equal facts apart are longer
LEVEL = 1  # of zstandard: 3 takes twice the time for a twentieth of the room
UNREADABLE = "This letter could not be read; its source is kept as it came."
UNFETCHED = "The mail server breaks the line when this letter is fetched; it is still there."

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


@dataclass(frozen=True, slots=True)
class Ready:
    """An Arrival, read and compressed: all the work that needs no table and is done before the transaction."""

    arrival: Arrival
    identity: bytes
    letter: Letter
    preview: str
    found: Findable | None  # None: not before the rest is here
    packed: bytes = field(repr=False)


def prepare(arrival: Arrival, *, findable: bool = True) -> Ready:
    """Read and compress one letter. It needs no table: call it outside the transaction."""
    letter = read(arrival.raw, whole=arrival.whole)
    found = index.findable(letter) if findable else None
    return Ready(arrival, identity_of(arrival), letter, snippet_of(letter), found, pack(arrival.raw))


_tools = threading.local()  # a compressor takes longer to make than to use, and serves one thread


def pack(data: bytes) -> bytes:
    if not hasattr(_tools, "compressor"):
        _tools.compressor = zstandard.ZstdCompressor(level=LEVEL)
    packed: bytes = _tools.compressor.compress(data)
    return packed


def set_aside(arrival: Arrival) -> Ready:
    """A letter whose bytes could not be fetched: what is known of it, marked as damaged."""
    ready = prepare(arrival)
    return replace(ready, letter=replace(ready.letter, damage=(UNFETCHED,)))


def read(raw: bytes, *, whole: bool = True, charset: str = "") -> Letter:
    """What the bytes mean; whatever they are, a Letter."""
    try:
        return read_letter(raw, charset=charset) if whole else read_headers(raw)
    except Exception:  # the reader promises not to raise; a fault of ours must not stop the folder
        logger.exception("A letter of %d bytes cannot be read.", len(raw))
        return Letter(damage=(UNREADABLE,))


def letter_of(message: Message) -> Letter:
    """The letter of a row; of one larger than LETTER_MAX its headers only."""
    return read(zstandard.decompress(message.raw.data), whole=bool(message.reader_version), charset=message.charset)


def source_of(message: Message) -> Iterator[bytes]:
    """The bytes exactly as they came, in pieces, however many there are."""
    chunks = message.chunks.order_by("number").values_list("data", flat=True).iterator(chunk_size=1)
    first = next(chunks, None)
    yield zstandard.decompress(message.raw.data if first is None else first)
    for data in chunks:
        yield zstandard.decompress(data)


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


def snippet_of(letter: Letter) -> str:
    try:
        return snippet(letter)
    except Exception:  # as in `read`
        logger.exception("A letter cannot be shortened.")
        return ""
