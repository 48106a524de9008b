"""The rules of a letter's <style> become style attributes, because ids, classes and style sheets are not let through."""

import re

import css_inline

from mailbox.mime.stylesheet import allowed_style, rules
from mailbox.mime.survey import Survey

_RULES = 500
_CSS = 64 * 1024  # characters, after what may not be set is gone
_WORK = 16_000_000  # elements times characters of declarations that one of them can get
_PER_ELEMENT = 2_500
_GROWN = 4  # times as long as before, and a bit
_SOME = 200_000
# Names, classes, ids, child and descendant, at most five deep; pseudo-classes and attribute selectors tell a stranger things.
_ONE = r"(?:[\w-]++|(?=[.#]))(?:[.#][\w-]++)*+"
_SELECTOR = re.compile(rf"{_ONE}(?:(?: > | ){_ONE}){{0,4}}")
_BODY = re.compile(r"(?<![\w.#-])body(?![\w-])", re.IGNORECASE)

# `load_remote_stylesheets=False`: neither the network nor the disk is touched.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_link_tags=False)


def inlined(seen: Survey) -> str:
    """The HTML with what its style sheets say of each element; unchanged if they say too much."""
    css = _allowed_rules("\n".join(seen.styles)) if seen.styles else ""
    if not css or len(css) > _CSS or seen.tags * min(len(css), _PER_ELEMENT) > _WORK:
        return seen.html
    try:
        styled = _INLINER.inline_fragment(seen.html, css)
    except css_inline.InlineError:
        return seen.html
    return styled if len(styled) < _GROWN * len(seen.html) + _SOME else seen.html


def _allowed_rules(css: str) -> str:
    kept: list[str] = []
    for selectors, declarations in rules(css):
        simple = [one for one in map(_spaced, selectors.split(",")) if _SELECTOR.fullmatch(one)]
        style = allowed_style(declarations)
        if simple and style and len(kept) < _RULES:
            kept.append(f"{_BODY.sub('div[data-body]', ','.join(simple))}{{{style}}}")
    return "\n".join(kept)


def _spaced(selector: str) -> str:
    return " ".join(selector.replace(">", " > ").split())
