"""A letter that is here is read again: what its kept bytes mean, and the bytes themselves."""

from collections.abc import Iterator

import zstandard

from mailbox.mime.letter import Letter
from mailbox.models import Message
from mailbox.reading.meaning import read


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
