"""The words of a query as a tsquery over the index's tokens. Pure."""

from dataclasses import dataclass

from mailbox.reading.findable import pairs, pieces
from mailbox.search.patterns import in_line
from mailbox.search.tree import Text

SHORTEST_BEGINNING = 2  # letters of a word that are searched as the beginning of longer ones


@dataclass(frozen=True, slots=True)
class Terms:
    """`words` finds every letter that has the text, and perhaps others; `check` is the pattern that tells them apart, empty
    where the words alone are exact."""

    words: str
    check: str


def terms(text: Text) -> Terms | None:
    """None for a text without any word in it."""
    found = list(pieces(text.text))
    if not found:
        return None
    mark = f"{text.field}=" if text.field else ""
    last = len(found) - 1
    some = [
        one for at, (word, wide) in enumerate(found) for one in _tokens(word, wide, mark, open_end=at == last and not text.phrase)
    ]
    exact = len(found) == 1 and not (found[0][1] and len(found[0][0]) > 2)
    check = "" if exact else in_line(text.text, text.field, whole=text.phrase)
    return Terms(" & ".join(dict.fromkeys(some)), check)


def _tokens(word: str, wide: bool, mark: str, *, open_end: bool) -> list[str]:
    if wide and len(word) > 1:
        return [_quoted(mark + pair) for pair in pairs(word)]
    begins = wide or (open_end and len(word) >= SHORTEST_BEGINNING)
    return [_quoted(mark + word) + ":*" * begins]


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
