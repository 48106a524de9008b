"""A letter becomes findable: one SearchEntry row that is written in the transaction of the letter."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mailbox.models import Message, SearchEntry, many
from mailbox.reading.findable import Findable, lexemes

COLUMNS = ("message", "mailbox", "sort_at", "text", "tsv")


def scopes(mailbox_id: int, moment: datetime) -> list[str]:
    """In whose mail a letter lies, and in which year and month of it: so a search looks at one Mailbox, newest first."""
    there = moment.astimezone(UTC)
    return [f"@{mailbox_id}", f"@{mailbox_id}/{there.year:04}", f"@{mailbox_id}/{there.year:04}-{there.month:02}"]


def write(letters: Iterable[tuple[Message, Findable]]) -> None:
    """Make a window of new letters findable, in the transaction that writes them."""
    many.copy_in(SearchEntry, COLUMNS, (_entry(message, found) for message, found in letters))


def rewrite(letters: Sequence[tuple[Message, Findable]]) -> None:
    """The same for letters that are here already, in the caller's transaction."""
    SearchEntry.objects.filter(message__among=[message.pk for message, _ in letters]).delete()
    write(letters)


def _entry(message: Message, found: Findable) -> tuple[int, int, datetime, str, bytes]:
    """The row of a letter."""
    words = found.lexemes + lexemes(scopes(message.mailbox_id, message.internal_date))
    return message.pk, message.mailbox_id, message.internal_date, found.text, words
