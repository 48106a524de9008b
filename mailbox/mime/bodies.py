"""Which parts are the text of the letter, and that text: decoded, newlines as \\n."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from mailbox.mime.charset import decode
from mailbox.mime.flowed import unflow
from mailbox.mime.structure import Entity
from mailbox.mime.text import html_to_text, plain_to_html

_SHOWN_AS_TEXT = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/x-diff", "text/x-patch"})
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 2048
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """A stretch of the letter's text, in one form or in both."""

    text: str = ""
    html: str = ""


def read_bodies(root: Entity) -> Section:
    """The text and the HTML to show; gives every leaf its role.

    Of alternatives the last of each form counts, of related parts the first, or the one that `start` names (RFC 2387);
    anything else is a row: its texts follow one another.
    """
    sections = list(_sections(root, [False]))
    _find_pictures(root, sections)
    return _joined(sections)


def _sections(entity: Entity, begun: list[bool]) -> Iterator[Section]:
    """`begun` holds whether a text was found: the first may have a file name, a later one with a name is a file."""
    if not entity.children:
        if _is_text(entity) and not (entity.name and begun[0]):
            begun[0] = True
            entity.role = "body"
            yield _section(entity)
    elif entity.content_type == "multipart/alternative":
        yield _alternative(entity, begun)
    elif entity.content_type == "multipart/related":
        yield from _sections(_related_root(entity), begun)
    else:
        for child in entity.children:
            yield from _sections(child, begun)


def _is_text(entity: Entity) -> bool:
    return entity.disposition != "attachment" and (entity.content_type == "text/html" or entity.content_type in _SHOWN_AS_TEXT)


def _alternative(entity: Entity, begun: list[bool]) -> Section:
    chosen = Section()
    for child in entity.children:
        section = _joined(list(_sections(child, [False])))
        chosen.text, chosen.html = section.text or chosen.text, section.html or chosen.html
        if child.content_type.startswith("text/") and child.role == "file" and child.disposition != "attachment":
            child.role = "alternative"
    begun[0] = True
    return chosen


def _related_root(entity: Entity) -> Entity:
    start = entity.parameters.get("start", "").strip("<> ")
    return next((child for child in entity.children if start and child.content_id == start), entity.children[0])


def _section(entity: Entity) -> Section:
    content = entity.content()
    charset = entity.parameters.get("charset", "")
    if entity.content_type == "text/html":
        return Section(html=_unix(decode(content, charset or _meta_charset(content))))
    text = _unix(decode(content, charset))
    if entity.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, entity.parameters.get("delsp", "").lower() == "yes")
    return Section(text=text)


def _meta_charset(content: bytes) -> str:
    found = None if content.isascii() else _META_CHARSET.search(content, 0, _META_WITHIN)
    charset = found[1].decode("ascii", "replace").lower() if found else ""
    return "" if charset.startswith("utf-16") else charset  # HTML Standard: what reads as ASCII is not UTF-16


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _joined(sections: list[Section]) -> Section:
    """Each form whole: where one section has only the other form, that one is turned into it."""
    sections = [section for section in sections if section.text or section.html]
    if len(sections) == 1:
        return sections[0]
    has_text, has_html = any(section.text for section in sections), any(section.html for section in sections)
    text = "\n".join(section.text or html_to_text(section.html) for section in sections) if has_text else ""
    html = "\n".join(section.html or plain_to_html(section.text) for section in sections) if has_html else ""
    return Section(text, html)


def _find_pictures(root: Entity, sections: list[Section]) -> None:
    shown = {unquote(cid) for section in sections if "cid:" in section.html for cid in _CID.findall(section.html)}
    for leaf in root.leaves() if shown else ():
        if leaf.content_id in shown and leaf.content_type.startswith("image/"):
            leaf.role = "picture"
