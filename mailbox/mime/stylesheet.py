"""CSS of letters: taken apart by its braces, and let through by property and by value only."""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_HIDES = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:max-height|max-width|opacity)\s*:\s*0*\.?0+(?:px|pt|em|%)?\s*(?:!\s*important\s*)?(?:;|$)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
_FONT_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*(?:0*([\d.]+)(px|pt)?)?", re.IGNORECASE)
_INK = re.compile(r"(?:^|[;\s])(background(?:-color)?|color)\s*:\s*([#\w]+)", re.IGNORECASE)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?[.#][\w-]+", re.IGNORECASE)


def rules(css: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the plain rules; what stands in @media and the like is left out. Linear."""
    css = _COMMENT.sub(" ", css) if "/*" in css or "--" in css else css
    depth = start = 0
    prelude = ""
    for brace in _BRACE.finditer(css):
        if brace[0] == "{":
            if depth == 0:
                prelude = css[start : brace.start()].rpartition(";")[2].strip()
            depth += 1
            plain = depth == 1
        elif depth:
            depth -= 1
            if depth == 0 and plain and not prelude.startswith("@"):
                yield prelude, css[start : brace.start()]
        start = brace.end()


def hides(declarations: str) -> bool:
    """Whether an element with these declarations is not to be seen by a person who looks at the letter."""
    if _HIDES.search(declarations):
        return True
    ink = {name.lower().partition("-")[0]: value.lower() for name, value in _INK.findall(declarations)}
    return "color" in ink and ink.get("background") == ink["color"]


def hidden_selectors(css: str) -> set[str]:
    """The plain selectors (".a", "#b", "p.c") whose elements are not to be seen, without the element's name."""
    hidden: set[str] = set()
    for selectors, declarations in rules(css):
        if hides(declarations):
            hidden.update(re.sub(r"^[^.#]+", "", one) for one in map(str.strip, selectors.split(",")) if _SIMPLE.fullmatch(one))
    return hidden


def too_small(declarations: str) -> bool | None:
    """Whether the letters are set too small to be read; None if no size is set."""
    sizes = _FONT_SIZE.findall(declarations)
    if not sizes:
        return None
    number, unit = sizes[-1]
    return number in ("0", "0.0") or (number in ("1", ".1", "0.1") and bool(unit))
