"""What the tables need to know of a letter, as plain data. Pure.

Nothing here raises, whatever the letter is: a fault of ours must not stop a folder.
"""

import logging
from datetime import UTC, datetime
from typing import NamedTuple

from mailbox.mime.bounces import is_bounce
from mailbox.mime.letter import Address, Letter
from mailbox.mime.read import read_headers, read_letter
from mailbox.mime.text import snippet
from mailbox.reading.findable import Findable, findable
from mailbox.reading.subjects import Kin, kin_of

logger = logging.getLogger(__name__)

ADDRESSEES = 5  # kept for the list pages
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
UNREADABLE = "This letter could not be read; its source is kept as it came."


class Facts(NamedTuple):
    """The columns of a Message that the letter itself decides, fit for PostgreSQL."""

    message_id: str
    subject: str
    from_name: str
    from_address: str
    to_preview: str
    addressees: list[list[str]]
    sent_at: datetime | None
    snippet: str
    has_attachments: bool
    damaged: bool


class Meaning(NamedTuple):
    """Facts, what joins it to other letters, what it is found by (None: not before the rest is here), and whether it tells
    of one that did not arrive."""

    facts: Facts
    kin: Kin
    found: Findable | None
    is_bounce: bool


def read(raw: bytes, *, whole: bool = True, charset: str = "") -> Letter:
    """What the bytes mean; whatever they are, a Letter."""
    try:
        return read_letter(raw, charset=charset) if whole else read_headers(raw)
    except Exception:  # the reader promises not to raise
        logger.exception("A letter of %d bytes cannot be read.", len(raw))
        return Letter(damage=(UNREADABLE,))


def meaning_of(letter: Letter, *, later: bool = False, found: bool = True) -> Meaning:
    """`later`: only its header was read. `found`: it can be found from now on."""
    try:
        return Meaning(_facts(letter, later=later), kin_of(letter), findable(letter) if found else None, _tells(letter, later))
    except Exception:
        logger.exception("A letter has no meaning.")
        return NOTHING


def _tells(letter: Letter, later: bool) -> bool:
    return not later and is_bounce(letter)


def _facts(letter: Letter, *, later: bool) -> Facts:
    sender = letter.senders[0] if letter.senders else Address("", "")
    addressees = [[_clean(one.name, 200), _clean(one.address, 320)] for one in (*letter.to, *letter.cc)[:ADDRESSEES]]
    return Facts(
        message_id=_clean(letter.message_id, 1000),  # an index row of PostgreSQL holds 2,700 bytes
        subject=_clean(letter.subject, 2000),
        from_name=_clean(sender.name, 200),
        from_address=_clean(sender.address, 320),
        to_preview=", ".join(name or address for name, address in addressees),
        addressees=addressees,
        sent_at=within(letter.date),
        snippet=_clean(snippet_of(letter), 800),
        has_attachments=any(part.is_attachment for part in letter.parts) or (later and _looks_laden(letter)),
        damaged=bool(letter.damage),
    )


def snippet_of(letter: Letter) -> str:
    try:
        return snippet(letter)
    except Exception:  # as in `read`
        logger.exception("A letter cannot be shortened.")
        return ""


def _looks_laden(letter: Letter) -> bool:
    """A guess from the header alone, good until the rest is here."""
    return any(
        name.lower() == "content-type" and value.lstrip().lower().startswith("multipart/mixed") for name, value in letter.fields
    )


def _clean(text: str, limit: int) -> str:
    """Text that PostgreSQL takes: no NUL, no lone surrogate, at most `limit` bytes."""
    if len(text) <= limit and text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode(errors="replace")[:limit].decode(errors="ignore")


def within(moment: datetime | None) -> datetime | None:
    """A time that every reader of the table can hold, or None: a Date header may name the year 1 or 9999."""
    try:
        return moment if moment and EARLIEST <= moment <= LATEST else None
    except OverflowError:
        return None


NOTHING = meaning_of(Letter(damage=(UNREADABLE,)))
