"""The base subject, RFC 5256 section 2.1: what a letter and the answers to it have in common. Pure."""

import re
import unicodedata

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
