"""The words of a letter being written, as the editor gives them: cleaned, as plain text, and dressed for the wire. Pure."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from uuid import UUID

import nh3

from mailbox.mime.markup import names

TAGS = names("p br strong em u s a ul ol li blockquote img")
PLAIN_TAGS = names("p br blockquote")  # these say no more than lines and "> " do
_TAG = re.compile(r"<([a-z]+)")
_PICTURE = re.compile(r"/draft/[0-9a-f-]{36}/picture/([0-9]{1,18})/")
_IMG = re.compile(r'<img(?: [a-z]+="[^"]*")*>')
_SRC = re.compile(r' src="([^"]*)"')
_QUOTE = "margin:0 0 0 .8ex;border-left:2px solid #b8c4be;padding-left:1ex"


def clean(html: str) -> str:
    """What the editor can make and nothing else: no style, class or id, links to http, https, mailto and tel, and of
    pictures only those that were put into a letter here."""
    cleaned = nh3.clean(
        html.replace("\0", "\ufffd"),
        tags=set(TAGS),
        clean_content_tags=set(names("script style title template")),
        attributes={"a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}},
        attribute_filter=_our_picture,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return _IMG.sub(lambda img: img[0] if pictures_in(img[0]) else "", cleaned)


def _our_picture(tag: str, name: str, value: str) -> str | None:
    return value if (tag, name) != ("img", "src") or _PICTURE.fullmatch(value) else None


def picture_path(draft: UUID, number: int) -> str:
    """Where a picture in the text lies while its letter is written; `number` is that of its Upload."""
    return f"/draft/{draft}/picture/{number}/"


def pictures_in(cleaned: str) -> set[int]:
    """Their numbers."""
    found = (_PICTURE.fullmatch(source) for img in _IMG.findall(cleaned) for source in _SRC.findall(img))
    return {int(match[1]) for match in found if match}


def relinked(cleaned: str, sources: Mapping[int, str], more: str = "") -> str:
    """With other addresses for the pictures; one without an address is left out. `more`: further attributes."""

    def shown(img: re.Match[str]) -> str:
        source = next((sources[number] for number in pictures_in(img[0]) if number in sources), "")
        return _SRC.sub(lambda _: f' src="{source}"{more}', img[0]) if source else ""

    return _IMG.sub(shown, cleaned)


def is_formatted(cleaned: str) -> bool:
    """Whether plain text would lose something."""
    return not PLAIN_TAGS.issuperset(_TAG.findall(cleaned))


def to_text(cleaned: str) -> str:
    """The same as plain text: a paragraph is a line, a quote stands behind "> ", a link is followed by its address."""
    lines = _Lines()
    lines.feed(cleaned)
    lines.close()
    return "\n".join(lines.done())


def dressed(cleaned: str, content_ids: Mapping[int, str] | None = None) -> str:
    """A whole document for other mail programs; a paragraph has no margin, for it is a line in the editor too.
    `content_ids`: of the pictures that go along, by their numbers."""
    sources = {number: f"cid:{content_id}" for number, content_id in (content_ids or {}).items()}
    body = (
        relinked(cleaned, sources, ' style="max-width:100%"')
        .replace("<p></p>", "<div><br></div>")
        .replace("<p>", "<div>")
        .replace("</p>", "</div>")
    )
    body = body.replace("<blockquote>", f'<blockquote style="{_QUOTE}">')
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>{_kept_blanks(body)}</body></html>\n'


def undressed(html: str, paths: Mapping[str, str] | None = None) -> str:
    """What `dressed` was given, of a letter that it was made for. `paths`: where its pictures lie now, by Content-ID."""
    linked = _SRC.sub(lambda src: f' src="{(paths or {}).get(src[1].removeprefix("cid:"), "")}"', html)
    paragraphs = linked.replace("<div><br></div>", "<p></p>").replace("<div>", "<p>").replace("</div>", "</p>")
    return clean(paragraphs).replace("&nbsp;", " ").strip()


def _kept_blanks(html: str) -> str:
    """Two blanks are one in HTML; the editor shows both."""
    return re.sub(r"(?<= ) |(?<=>) (?=\S)", "&nbsp;", html)


class _Lines(HTMLParser):
    """Walks over cleaned markup; every block begins a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._open = False  # a line has begun, be it empty
        self._depth = 0
        self._lists: list[int | None] = []  # the next number, or None for bullets
        self._mark = ""
        self._href, self._said = "", ""

    def done(self) -> list[str]:
        self._end()
        return self._lines

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._open = True
            self._end()
            self._open = True
        elif tag == "img":
            self._put(f"[{dict(attrs).get('alt') or '🖼'}]")
        elif tag == "a":
            self._href, self._said = dict(attrs).get("href") or "", ""
        elif tag in {"p", "li", "blockquote", "ul", "ol"}:
            self._end()
            self._enter(tag, dict(attrs))

    def _enter(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "blockquote":
            self._depth += 1
        elif tag == "ul":
            self._lists.append(None)
        elif tag == "ol":
            start = attributes.get("start") or "1"
            self._lists.append(int(start) if re.fullmatch(r"[0-9]{1,6}", start) else 1)
        elif tag == "li":
            self._mark = self._next_mark()
        else:
            self._open = True

    def _next_mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            if self._href and self._href not in (self._said, f"mailto:{self._said}"):
                self._put(f" <{self._href}>")
            self._href = ""
        elif tag in {"p", "li"}:
            self._end()
        elif tag == "blockquote":
            self._end()
            self._depth = max(0, self._depth - 1)
        elif tag in {"ul", "ol"}:
            self._end()
            self._lists = self._lists[:-1]

    def handle_data(self, data: str) -> None:
        self._said += data
        self._put(data.replace("\n", " "))

    def _put(self, text: str) -> None:
        self._open = True
        self._line.append(text.replace("\xa0", " "))

    def _end(self) -> None:
        if not self._open:
            return
        indent = "  " * max(0, len(self._lists) - 1)
        words = "".join(self._line)
        line = f"{indent}{self._mark}{words}"
        quote = "> " * self._depth
        self._lines.append(f"{quote}{line}" if line else quote.rstrip())
        self._line, self._open, self._mark = [], False, ""
