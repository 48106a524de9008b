"""The base subject, RFC 5256 section 2.1, and the names of letters: what a letter and the answers to it share. Pure."""

import re
import unicodedata
from hashlib import blake2b
from typing import NamedTuple

from mailbox.mime.letter import Letter

REFERENCES = 50  # ids that count of one letter: the first and the last 49

# The prefixes of the RFC and those that clients write in other languages; compared after NFKC and case folding, so that
# a full-width colon is a colon.
_ANSWERS = "re|fwd?|aw|antw|wg|sv|vs|tr|rv|회신|답장|답변|전달|回复|答复|回覆|答覆|转发|轉寄|轉發|返信|転送"
_LEADER = re.compile(rf"(?:\[[^\[\]]*\] ?)*(?:{_ANSWERS}) ?(?:\[[^\[\]]*\]|\(\d+\))? ?: ?")
_BLOB = re.compile(r"\[[^\[\]]*\] ?(?=.)")
_LONGEST = 1000


def base_subject(subject: str) -> str:
    """What is left of a subject when "Re:", "[list]", "(fwd)" and their like are taken away; lower case."""
    text = " ".join(unicodedata.normalize("NFKC", subject[:_LONGEST]).casefold().split())
    while (shorter := _peel(text)) != text:
        text = shorter
    return text


def _peel(text: str) -> str:
    text = text.removesuffix("(fwd)").rstrip()
    text = _LEADER.sub("", text, count=1) if _LEADER.match(text) else text
    if blob := _BLOB.match(text):
        text = text[blob.end() :]
    if text.startswith("[fwd:") and text.endswith("]"):
        text = text[5:-1].strip()
    return text


class Kin(NamedTuple):
    """What joins a letter to others: its base subject, and a digest for each Message-ID that it bears or names, its own first."""

    base: str
    keys: tuple[bytes, ...]


def kin_of(letter: Letter) -> Kin:
    base = base_subject(letter.subject)
    ids = dict.fromkeys(
        (letter.message_id, *letter.references[:1], *letter.references[1 - REFERENCES :], *letter.in_reply_to[:5])
    )
    return Kin(base, tuple(digest(name, base) for name in ids if name))


def digest(message_id: str, base: str) -> bytes:
    return blake2b(f"{message_id}\0{base}".encode(errors="replace"), digest_size=16).digest()
