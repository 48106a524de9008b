"""A look at an HTML letter before any parser builds a tree of it, because some trees cost a parser minutes."""

from dataclasses import dataclass, field

from mailbox.mime.markup import TOKEN, VOID, Silence, count_attributes, names

# A second one ends the first, so they lie no deeper than what must be closed.
_SELF_CLOSING = names("caption colgroup dd dt li p tbody td tfoot th thead tr")
# These a parser opens anew in every following block until they are closed (HTML Standard, "active formatting elements").
_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
_SEAM = "<!---->"  # so that "<" before what was cut out and "b>" after it make no tag
_LONG_TAG = 4_000

# The worst that these let through takes well under a second.
_DEPTH = 500  # browsers flatten what lies deeper than 512
_WALKED = 4_000_000  # tags times depth: how far a parser walks up the tree
_REOPENED = 400_000  # tags times open formatting: how many elements it may have to make
_REFERENCES = 100_000
_ATTRIBUTES = 1_000  # of one tag


@dataclass(slots=True)
class Survey:
    """The letter without the elements that show nothing and make a parser read by other rules, and what it will cost."""

    html: str = ""
    styles: list[str] = field(default_factory=list)  # what stood in <style>
    tags: int = 0
    depth: int = 0  # of the tree, without those that end each other; one element less or more is no matter
    formatting: int = 0  # most formatting elements open at once
    most_attributes: int = 0

    @property
    def is_intricate(self) -> bool:
        """Too much so to be given to a parser."""
        return (
            self.depth > _DEPTH
            or self.tags * self.depth > _WALKED
            or self.tags * self.formatting > _REOPENED
            or self.most_attributes > _ATTRIBUTES
            or self.html.count("&") > _REFERENCES
        )


class _Surveyor:
    """Counts an end tag only where it closes what was opened last, so that none counts which a parser would ignore."""

    def __init__(self) -> None:
        self.found = Survey()
        self._open: list[str] = []
        self._formatting = 0

    def tag(self, name: str, is_end: bool, attributes: str) -> None:
        self.found.tags += 1
        if is_end and self._open and self._open[-1] == name:
            self._open.pop()
            self._formatting -= name in _FORMATTING
        elif not is_end and name not in VOID and name not in _SELF_CLOSING:
            self._open.append(name)
            self._formatting += name in _FORMATTING
            self.found.depth = max(self.found.depth, len(self._open))
            self.found.formatting = max(self.found.formatting, self._formatting)
        if len(attributes) > _LONG_TAG:
            self.found.most_attributes = max(self.found.most_attributes, count_attributes(attributes))


def survey(html: str) -> Survey:
    """Linear. Once the silent elements are gone there is nothing left in which this tokenizer and a parser's could differ.

    The body becomes an element that may be styled.
    """
    surveyor, silence = _Surveyor(), Silence(html)
    pieces: list[str] = []
    position = 0
    while token := TOKEN.search(html, position):
        pieces.append(html[position : token.start()])
        position = token.end()
        is_end, name, attributes = token.groups("")
        name = name.lower()
        if not is_end and (silent := silence.after(name, attributes, position)):
            if name == "style":
                surveyor.found.styles.append(html[position : silent[0]])
            position = silent[1]
            pieces.append(_SEAM)
        elif name in ("math", "svg", "plaintext"):
            pieces.append(_SEAM)
        else:
            pieces.append(f"<{is_end}div data-body {attributes}>" if name == "body" else token[0])
            surveyor.tag(name, bool(is_end), attributes)
    surveyor.found.html = "".join(pieces) + html[position:]
    return surveyor.found
