"""CSS of letters: taken apart by its braces, and let through by property and by value only."""

import re
from collections.abc import Iterator

from mailbox.mime.markup import names

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_HIDES = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:max-height|max-width|opacity)\s*:\s*(?:0++(?:\.0*+)?|\.0++)(?:px|pt|em|%)?\s*(?:!\s*important\s*)?(?:;|$)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
_FONT_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*(?:([\d.]+)(px|pt)?)?", re.IGNORECASE)
_INK = re.compile(r"(?:^|[;\s])(background(?:-color)?|color)\s*:\s*([#\w]+)", re.IGNORECASE)
# What may be set by a letter: how its text looks and where it stands among its own, nothing that floats over the page.
_PROPERTIES = names(
    """
    background background-color border border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius
    border-bottom-style border-bottom-width border-collapse border-color border-left border-left-color border-left-style
    border-left-width border-radius border-right border-right-color border-right-style border-right-width border-spacing
    border-style border-top border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width
    border-width box-sizing caption-side clear color direction display empty-cells float font font-family font-size font-style
    font-variant font-weight height letter-spacing line-height list-style list-style-position list-style-type margin
    margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width opacity overflow overflow-wrap
    overflow-x padding padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration
    text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow text-transform unicode-bidi
    vertical-align visibility white-space width word-break word-spacing word-wrap
    """
)
_VALUE = re.compile(r"""(?:[\w\s#%.,+/'"!-]|(?:rgb|hsl)a?\([\d\s.,%/]{1,60}\)){1,200}""", re.IGNORECASE | re.ASCII)
_PICTURE = re.compile(r"url\([^()]{0,2000}\)", re.IGNORECASE)
_REFUSED = re.compile(
    r"\d(?:d?v|s?v|l?v)(?:w|h|i|b|min|max)\b|javascript|vbscript|expression|mozbinding|behaviou?r", re.IGNORECASE
)
_REMOTE = re.compile(r"(?:url|image|image-set|src)\s*\(\s*['\"]?\s*(?:https?:|//)", re.IGNORECASE)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?[.#][\w-]+", re.IGNORECASE)


def rules(css: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the plain rules; what stands in @media and the like is left out. Linear."""
    css = _COMMENT.sub(" ", css) if "/*" in css or "--" in css else css
    depth = start = 0
    prelude, plain = "", False
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
    try:
        return float(number) <= (1 if unit else 0)
    except ValueError:  # "small", or no number at all
        return False


def allowed_style(declarations: str) -> str:
    """The declarations that a letter may use, written one way; what cannot be understood is dropped.

    No value keeps a colon, a backslash, an address or a function other than a colour, so nothing can be smuggled in one.
    """
    kept = {}
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if name == "background":
            value = _PICTURE.sub("", value).strip()
        if name in _PROPERTIES and _VALUE.fullmatch(value) and not _REFUSED.search(value) and not _pulls_out(name, value):
            kept[name] = value
    return ";".join(f"{name}:{value}" for name, value in kept.items())


def _pulls_out(name: str, value: str) -> bool:
    """Negative margins and indents draw over what stands beside, or hide what stands within."""
    return name.startswith(("margin", "text-indent")) and "-" in value.replace("-webkit", "")


def is_remote(declarations: str) -> bool:
    """Whether they would fetch something."""
    return bool(_REMOTE.search(declarations))
