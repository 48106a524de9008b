"""How much of one letter is read, and the plain sentences that say what was broken or left out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What lies beyond is not read but stays in the letter's bytes."""

    header_bytes: int = 256 * 1024
    header_lines: int = 1_000
    addresses: int = 5_000  # of one header
    references: int = 100  # Message-IDs of one header: the first and the last of them
    parts: int = 10_000
    depth: int = 50  # multiparts within multiparts


NO_HEADER = "This does not begin with a letter's header."
LONG_HEADER = "The header is too long; only its beginning was read."
JUNK_IN_HEADER = "The header holds lines that are no header fields."
NO_BLANK_LINE = "No blank line stands between the header and the text."
SEVERAL_SENDERS = "The letter names its sender in more than one field; the first is shown."
MANY_ADDRESSES = "A header names very many people; only the first of them were read."
BAD_DATE = "The date cannot be read."
NO_BOUNDARY = "The letter does not say where its parts begin."
NO_PARTS = "The letter says that it has parts, but none begins."
NO_END = "The end of the letter is missing."
AFTER_END = "Parts follow after the end of the letter."
MANY_PARTS = "The letter has too many parts; only the first were read."
TOO_DEEP = "Parts lie too deep within parts; those were not opened."
BAD_BASE64 = "Part of the letter is not encoded as it says; what could be read is shown."
