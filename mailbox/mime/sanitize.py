"""HTML of a letter becomes HTML that may be shown: the first of two walls, the frame's own content policy is the second."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

import nh3

from mailbox.mime.inline import inlined
from mailbox.mime.markup import names
from mailbox.mime.stylesheet import allowed_style, is_remote
from mailbox.mime.survey import survey
from mailbox.mime.text import html_to_text, plain_to_html

Picture = Callable[[str], str | None]  # from what the letter names to our address of it, if we have it

_SHOWN = 500_000  # characters; what lies beyond is not shown
_PASSES = 4
_TAGS = names(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn
    dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt
    ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
    """
)
# These go with all that is in them; of any other tag only the tag goes.
_SILENT = names(
    """
    applet audio canvas frameset iframe map math noembed noframes noscript object option script select style svg template
    textarea title video
    """
)
_LINKS = ("http:", "https:", "mailto:", "tel:")
_REMOTE = ("https://", "http://")
_CELL = names("abbr align bgcolor colspan height nowrap rowspan valign width")
_ATTRIBUTES = {
    "*": names("align background bgcolor dir lang style title"),
    "a": names("href"),
    "col": names("span valign width"),
    "colgroup": names("span valign width"),
    "font": names("color face size"),
    "hr": names("color noshade size width"),
    "img": names("alt border height hspace src vspace width"),
    "li": names("type value"),
    "ol": names("reversed start type"),
    "table": names("border cellpadding cellspacing height width"),
    "tbody": names("valign"),
    "td": _CELL,
    "th": _CELL,
    "tr": names("height valign"),
    "ul": names("type"),
}


@dataclass(frozen=True, slots=True)
class Sanitized:
    html: str
    blocked_pictures: int = 0  # that would have been fetched from elsewhere
    is_cut: bool = False  # the letter goes on, but it is too long to be shown whole
    is_plain: bool = False  # its markup is too intricate to be checked: this is its text


def sanitize_html(html: str, *, picture: Picture, remote: Picture | None = None, links: bool = True) -> Sanitized:
    """What may be shown of an HTML letter. Sanitizing the result again changes nothing.

    `picture` maps a Content-ID to our address of that part, `remote` the address of a picture of another host to that of
    our copy; a picture that neither has does not stay. Without `links` none can be followed.
    """
    cut = html[:_SHOWN].replace("\0", "\ufffd")
    seen = survey(cut)
    if not seen.is_intricate:
        gate = _Gate(picture, remote, links)
        if (clean := _settled(gate, inlined(seen))) is not None:
            return Sanitized(clean, gate.blocked, len(html) > _SHOWN)
    return Sanitized(plain_to_html(html_to_text(cut), links=links), 0, len(html) > _SHOWN, is_plain=True)


def remote_pictures(html: str) -> list[str]:
    """The addresses at other hosts of the pictures that would be shown, in order, each once."""
    found: dict[str, None] = {}
    sanitize_html(html, picture=lambda content_id: None, remote=lambda address: found.setdefault(address))
    return list(found)


class _Gate:
    """Decides about attributes while the cleaner walks over them."""

    def __init__(self, picture: Picture, remote: Picture | None, links: bool) -> None:
        self.picture, self.remote, self.links = picture, remote, links
        self.blocked = 0
        self.given: set[str] = set()  # addresses that `picture` gave: of all our own the only ones that stay
        self.is_first = True  # later passes count nothing

    def cleaner(self) -> nh3.Cleaner:
        return nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags=_SILENT,
            attributes=_ATTRIBUTES,
            attribute_filter=self.attribute,
            link_rel="noopener noreferrer nofollow",
            url_schemes={"http", "https", "mailto", "tel", "cid"},
            url_relative=lambda address: address if address in self.given else None,
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            self._count(is_remote(value))
            return allowed_style(value) or None
        if name == "background":
            self._count(is_remote(f"url({value})"))
            return None
        if name == "href":
            return _link(value) if self.links else None
        return self._source(value.strip()) if name == "src" else value

    def _source(self, address: str) -> str | None:
        if address in self.given:
            return address
        if address[:4].lower() == "cid:":
            return self._ours(unquote(address[4:]))
        if self.remote and address.lower().startswith(_REMOTE) and (copy := self.remote(address)):
            self.given.add(copy)
            return copy
        self._count(True)
        return None

    def _ours(self, content_id: str) -> str | None:
        address = self.picture(content_id)
        if address:
            self.given.add(address)
        return address

    def _count(self, blocked: bool) -> None:
        self.blocked += self.is_first and blocked


def _settled(gate: _Gate, html: str) -> str | None:
    """Cleaned until cleaning changes nothing: what a second parser makes of it is then what the first one did."""
    cleaner = gate.cleaner()
    clean = cleaner.clean(html)
    gate.is_first = False
    for _ in range(_PASSES):
        again = cleaner.clean(clean)
        if again == clean:
            return clean
        clean = again
    return None


def _link(address: str) -> str | None:
    address = re.sub(r"[\t\n\r]", "", address).strip()
    return address if address.lower().startswith(_LINKS) else None
