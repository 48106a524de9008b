"""A look at an HTML letter before any parser builds a tree of it, because some trees cost a parser minutes."""

import re
from dataclasses import dataclass, field

from mailbox.mime.markup import TOKEN, VOID, content_end, count_attributes, names

# A second one ends the first, so they lie no deeper than what must be closed.
_SELF_CLOSING = names("caption colgroup dd dt li p tbody td tfoot th thead tr")
# These a parser opens anew in every following block until they are closed (HTML Standard, "active formatting elements").
_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
_FOREIGN = re.compile(r"<(/?)(svg|math)(?=[\t\n\f\r />])", re.IGNORECASE)
_BODY = re.compile(r"<(/?)body(?=[\t\n\f\r />])", re.IGNORECASE)

# The worst that these let through takes well under a second.
_DEPTH = 500  # browsers flatten what lies deeper than 512
_WALKED = 4_000_000  # tags times depth: how far a parser walks up the tree
_REOPENED = 400_000  # tags times open formatting: how many elements it may have to make
_REFERENCES = 100_000
_ATTRIBUTES = 1_000  # of one tag
_LONG_TAG = 4_000


@dataclass(slots=True)
class Survey:
    tags: int = 0
    depth: int = 0  # not less than the tree's, and no more than it by much
    formatting: int = 0  # most formatting elements open at once
    references: int = 0
    most_attributes: int = 0
    styles: list[str] = field(default_factory=list)  # what stands in <style>

    @property
    def is_intricate(self) -> bool:
        """Too much so to be given to a parser."""
        return (
            self.depth > _DEPTH
            or self.tags * self.depth > _WALKED
            or self.tags * self.formatting > _REOPENED
            or self.references > _REFERENCES
            or self.most_attributes > _ATTRIBUTES
        )


def plain_html(html: str) -> str:
    """The same letter without foreign content, in which tags nest by other rules, and with its body as an element to style."""
    return _BODY.sub(r"<\1div data-body", _FOREIGN.sub(r"<\1x-\2", html.replace("\0", "\ufffd")))


def survey(html: str) -> Survey:
    """Counts an end tag only where it closes what was opened last: never less than a parser would find. Linear."""
    found = Survey(references=html.count("&"))
    open_tags: list[str] = []
    formatting = 0
    style_end = 0
    for token in TOKEN.finditer(html):
        closing, name, attributes = token.groups("")
        name = name.lower()
        found.tags += 1
        if closing:
            if open_tags and open_tags[-1] == name:
                open_tags.pop()
                formatting -= name in _FORMATTING
        elif name and name not in VOID and name not in _SELF_CLOSING:
            open_tags.append(name)
            formatting += name in _FORMATTING
            found.depth = max(found.depth, len(open_tags))
            found.formatting = max(found.formatting, formatting)
        if len(attributes) > _LONG_TAG:
            found.most_attributes = max(found.most_attributes, count_attributes(attributes))
        if name == "style" and not closing and token.end() >= style_end:
            style_end = content_end("style", "", html, token.end())
            found.styles.append(html[token.end() : style_end])
    return found
