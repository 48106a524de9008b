"""A letter within a letter (message/rfc822), opened in place. Its parts have the numbers that IMAP gives them: 2.1 is the
first part of the letter that is the second part."""

from dataclasses import replace

from mailbox.mime.letter import Letter, Part
from mailbox.mime.read import read_letter

_DEPTH = 5  # letters within letters
_KINDS = frozenset({"message/rfc822", "message/global"})


def is_letter(part: Part) -> bool:
    return part.content_type in _KINDS


def open_letter(part: Part) -> Letter:
    """What the part is. Never raises."""
    found = read_letter(part.content)
    return replace(found, parts=tuple(replace(inner, path=f"{part.path}.{inner.path}") for inner in found.parts))


def find_part(letter: Letter, path: str, depth: int = _DEPTH) -> Part | None:
    """The part of that number, in the letter or in one within it."""
    for part in letter.parts:
        if part.path == path:
            return part
    for part in letter.parts:
        if depth and is_letter(part) and path.startswith(f"{part.path}."):
            return find_part(open_letter(part), path, depth - 1)
    return None
