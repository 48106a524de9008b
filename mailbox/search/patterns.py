"""Where in a text the words of a query stand: one pattern for PostgreSQL, which checks, and for Python, which marks. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from mailbox.reading.findable import FIELDS, fold, pieces
from mailbox.search.tree import And, Field, Node, Or, Text

BETWEEN = r"[\s!-/:-@[-`{-~\u00a0-\u00bf\u2010-\u206f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]"  # what may part two words
PEOPLE: set[Field] = {"from", "to", "cc"}
_LETTERS = [*range(0x21, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000), *range(0xFF01, 0xFF5F)]


@cache
def _spellings() -> dict[str, str]:
    """Of each folded character all that count as it: e is e, E, é, É, ｅ ..."""
    found: dict[str, str] = defaultdict(str)
    for code in _LETTERS:
        plain = fold(chr(code))
        if len(plain) == 1 and chr(code).isalnum():
            found[plain] += chr(code)
    return found


def _spelt(word: str) -> str:
    some = _spellings()
    return "".join(f"[{some[char]}]" if len(some.get(char, "")) > 1 else re.escape(char) for char in word)


def pattern(text: str, *, whole: bool) -> str:
    """The words of a text in their order, whatever parts them; each beginning a word, and the last ending one if `whole`.

    Nothing but classes and literals in a row, so it takes linear time.
    """
    found = list(pieces(text))
    parts = []
    for at, (word, wide) in enumerate(found):
        glued = at and (wide or found[at - 1][1])
        parts.append(f"{BETWEEN}*" if glued else f"{BETWEEN}+" if at else "")
        parts.append(_spelt(word))
    begins = f"(?:^|{BETWEEN})" if found and not found[0][1] else ""
    ends = f"(?:$|{BETWEEN})" if whole and found and not found[-1][1] else ""
    return f"{begins}({''.join(parts)}){ends}" if found else ""


def in_line(text: str, field: Field, *, whole: bool) -> str:
    """The pattern for `SearchEntry.text`: anywhere, or within the line of that field."""
    wanted = pattern(text, whole=whole)
    if not field:
        return wanted.replace("^", r"^|\n") if wanted.startswith("(?:^") else wanted
    before = f"^(?:[^\\n]*\\n){{{FIELDS.index(field)}}}"
    if wanted.startswith("(?:^"):
        return f"{before}(?:[^\\n]*{BETWEEN})?{wanted.partition(')')[2]}"
    return f"{before}[^\\n]*{wanted}"


def marks(tree: Node) -> re.Pattern[str] | None:
    """What to mark in the letters that were found: the words that were asked for, not those that were excluded, nor people."""
    words = [one for one in _asked(tree) if one.field not in PEOPLE]
    found = dict.fromkeys(pattern(one.text, whole=one.phrase) for one in words)
    return re.compile("|".join(f"(?:{one})" for one in found if one)) if any(found) else None


def _asked(tree: Node) -> Iterable[Text]:
    if isinstance(tree, Text):
        yield tree
    elif isinstance(tree, And | Or):
        for one in tree.of:
            yield from _asked(one)
