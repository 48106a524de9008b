"""What a person would read of an HTML letter: its text in order, without what is hidden from the eye."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbox.mime.markup import TOKEN, VOID, Silence, attributes, names, unescape
from mailbox.mime.stylesheet import hidden_selectors, hides, too_small

# Marks between the pieces of text, which hold no control character: the end of a line if there is one, lines of their own
# where a quote begins and ends.
BLOCK, DEEPER, SHALLOWER = "\r", "\0>", "\0<"

_BLANKS = re.compile(r"[\t\n\f\r ]+")
_LINES = names("address article aside center dd div dl dt fieldset figure footer form header li main nav ol section table tr ul")
_PARAGRAPHS = names("h1 h2 h3 h4 h5 h6 hr p pre")
_MARKS = dict.fromkeys(_LINES, BLOCK) | dict.fromkeys(_PARAGRAPHS, f"{BLOCK}\n") | {"br": "\n", "td": " ", "th": " "}
_ONE_AT_A_TIME = names("li p")  # a second one ends the first
# Worth a closer look; most tags are not.
_MAY_HIDE = re.compile(r"none|hid|size\s*:\s*[01]?(?:\.\d*)?(?!\d)|collapse|opacity|max-[hw]|-\d{3}|background|&", re.IGNORECASE)


@dataclass(slots=True)
class _Veil:
    """An open element that hides what lies in it, or shows it again."""

    name: str
    gone: bool  # nothing within can be seen
    tiny: bool  # nothing within can be read unless it sets a size of its own
    inner: int = 0  # open elements of the same name within


class _Eye:
    """Follows the tags just so far as to know whether the next text is seen."""

    def __init__(self) -> None:
        self._veils: list[_Veil] = []
        self._hidden: set[str] = set()  # ".class" and "#id"

    @property
    def sees(self) -> bool:
        return not self._veils or not (self._veils[-1].gone or self._veils[-1].tiny)

    def learn(self, css: str) -> None:
        self._hidden |= hidden_selectors(css)

    def open(self, name: str, raw: str) -> None:
        if self._veils and self._veils[-1].name == name and name in _ONE_AT_A_TIME and not self._veils[-1].inner:
            self._veils.pop()
        top = self._veils[-1] if self._veils else None
        if self._hidden or _MAY_HIDE.search(raw) or (top and top.tiny and "size" in raw):
            veil = self._veil(name, attributes(raw), top)
        else:
            veil = None
        if veil:
            self._veils.append(veil)
        elif top and top.name == name:
            top.inner += 1

    def close(self, name: str) -> None:
        if self._veils and self._veils[-1].name == name:
            if self._veils[-1].inner:
                self._veils[-1].inner -= 1
            else:
                self._veils.pop()

    def _veil(self, name: str, given: dict[str, str], around: _Veil | None) -> _Veil | None:
        style = given.get("style", "")
        called = {f".{one}" for one in given.get("class", "").split()} | {f"#{given.get('id', '')}"}
        gone = "hidden" in given or hides(style) or not called.isdisjoint(self._hidden)
        inherited = bool(around and around.tiny)
        tiny = too_small(style)
        if not gone and not tiny and not (tiny is False and inherited):
            return None
        return _Veil(name, gone or bool(around and around.gone), inherited if tiny is None else tiny)


def visible_text(html: str) -> Iterator[str]:
    """Pieces of text, blanks folded and references resolved, and the marks between them. Linear in the length of `html`."""
    eye, silence = _Eye(), Silence(html)
    position = 0
    while token := TOKEN.search(html, position):
        if eye.sees and token.start() > position:
            yield _text(html[position : token.start()])
        closing, name, raw = token.groups("")
        name, position = name.lower(), token.end()
        if closing:
            eye.close(name)
        elif silent := silence.after(name, raw, position):
            if name == "style":
                eye.learn(html[position : silent[0]])
            position = silent[1]
        elif name not in VOID:
            eye.open(name, raw)
        if eye.sees:
            yield _mark(name, bool(closing))
    if eye.sees:
        yield _text(html[position:])


def _text(raw: str) -> str:
    return unescape(_BLANKS.sub(" ", raw))


def _mark(name: str, closing: bool) -> str:
    if name == "blockquote":
        return f"{BLOCK}{SHALLOWER if closing else DEEPER}{BLOCK}"
    if name == "li" and not closing:
        return f"{BLOCK}- "
    return _MARKS.get(name, "")
