"""HTML as tokens, cut the way the HTML Standard's tokenizer does (section 13.2.5): linear, and no tree."""

import html
import re


def names(text: str) -> frozenset[str]:
    """A list of words, as it is easiest to read."""
    return frozenset(text.split())


_NAME = r"(?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"  # an attribute's, which may begin with "="
_IS = r"[\t\n\f\r ]*+=[\t\n\f\r ]*+"
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >"'][^\t\n\f\r >]*+)"""
# A comment, a tag (1: "/", 2: name, 3: attributes) or a declaration. Once begun it ends at ">" or with the text, so no
# character is looked at twice.
TOKEN = re.compile(
    rf"<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(/?)([a-zA-Z][^\t\n\f\r />]*+)((?:[\t\n\f\r /]++|{_NAME}(?:{_IS}{_VALUE}?+)?+)*+)(?:>|\Z)"
    r"|[!?/][^>]*+(?:>|\Z))",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rf"({_NAME})(?:{_IS}({_VALUE})?+)?+")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
# What stands in these is no markup to a tokenizer: it ends with their end tag, or with the text.
_RAW = names("iframe noembed noframes noscript script style textarea title xmp")
_SILENT = _RAW | names("math object select svg template")
_END_OF = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])[^>]*+>", re.IGNORECASE) for name in _SILENT}
VOID = names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")


def attributes(text: str) -> dict[str, str]:
    """Group 3 of a TOKEN: names in lower case, values without quotes and references; of a repeated name the first."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(_unquoted(value)))
    return found


def _unquoted(value: str) -> str:
    if not value.startswith(("'", '"')):
        return value
    return value[1:-1] if value.endswith(value[0]) and len(value) > 1 else value[1:]


def count_attributes(text: str) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(text))


def unescape(text: str) -> str:
    """Character references resolved; absurdly long numbers, which Python refuses to read, become U+FFFD."""
    if "&" not in text:
        return text
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text) if "&#" in text else text)


class Silence:
    """Finds the ends of elements that show no text of their own, and remembers which ends are not there to be found."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._endless: set[str] = set()

    def after(self, name: str, raw_attributes: str, start: int) -> tuple[int, int] | None:
        """Where the content that begins at `start` ends, and where its end tag does; None if the element is no such one."""
        if name not in _SILENT or name in self._endless or (name in ("math", "svg") and raw_attributes.endswith("/")):
            return None
        if end := _END_OF[name].search(self._text, start):
            return end.span()
        if name in _RAW:
            return len(self._text), len(self._text)
        self._endless.add(name)
        return None
