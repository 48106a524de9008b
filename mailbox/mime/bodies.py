"""Which parts are the text of the letter, and that text: decoded, newlines as \\n."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from mimetypes import guess_type
from urllib.parse import unquote

from mailbox.mime.charset import decode, decode_as
from mailbox.mime.flowed import unflow
from mailbox.mime.inserted import take_out
from mailbox.mime.markup import names
from mailbox.mime.structure import Entity
from mailbox.mime.text import html_to_text, plain_to_html
from mailbox.mime.winmail import unpack

_SHOWN = names("text/html text/plain text/markdown text/x-markdown text/x-diff text/x-patch")
_WINMAIL = names("application/ms-tnef application/vnd.ms-tnef")
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 2048
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the letter's text, in one form or in both."""

    text: str = ""
    html: str = ""


def read_bodies(root: Entity) -> Section:
    """The text and the HTML to show; gives every leaf its role.

    Of alternatives the last of each form counts, of related parts the first, or the one that `start` names (RFC 2387);
    anything else is a row: its texts follow one another.
    """
    shown = _joined(list(_Texts().of(root)))
    for leaf in list(root.leaves()):
        if leaf.content_type in _WINMAIL or leaf.name.lower() == "winmail.dat":
            _unpack(leaf)
    if "cid:" in shown.html:
        _find_pictures(root, shown.html)
    return shown


class _Texts:
    """Looks for the texts among the parts, in order."""

    def __init__(self) -> None:
        self.begun = False  # the first text may have a file name, a later one with a name is a file

    def of(self, entity: Entity) -> Iterator[Section]:
        if not entity.children:
            yield from self._leaf(entity)
        elif entity.content_type == "multipart/alternative":
            yield self._alternative(entity)
        elif entity.content_type == "multipart/related":
            yield from self.of(_related_root(entity))
        else:
            for child in entity.children:
                yield from self.of(child)

    def _leaf(self, entity: Entity) -> Iterator[Section]:
        if entity.content_type in _SHOWN and entity.disposition != "attachment" and not (entity.name and self.begun):
            self.begun = True
            entity.role = "body"
            yield _section(entity)

    def _alternative(self, entity: Entity) -> Section:
        chosen = Section()
        for child in entity.children:
            section = _joined(list(_Texts().of(child)))
            chosen = Section(section.text or chosen.text, section.html or chosen.html)
            if child.content_type.startswith("text/") and child.role == "file" and child.disposition != "attachment":
                child.role = "alternative"
        self.begun = True
        return chosen


def _unpack(leaf: Entity) -> None:
    """What is in it is listed in its place."""
    for file in unpack(leaf.content()):
        leaf.add(file.name, file.content_type or guess_type(file.name)[0] or "", file.content)
    if leaf.inner:
        leaf.role = "alternative"


def _related_root(entity: Entity) -> Entity:
    start = entity.parameters.get("start", "").strip("<> ")
    return next((child for child in entity.children if start and child.content_id == start), entity.children[0])


def _section(entity: Entity) -> Section:
    content = entity.content()
    if b"begin " in content and entity.content_type == "text/plain":
        content, files = take_out(content)
        for file in files:
            entity.add(file.name, guess_type(file.name)[0] or "", file.content)
    charset = entity.parameters.get("charset", "")
    if entity.content_type == "text/html":
        charset = charset or _meta_charset(content)
    text = _unix(decode_as(content, entity.chosen) if entity.chosen else decode(content, charset))
    if entity.content_type == "text/html":
        return Section(html=text)
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


def _find_pictures(root: Entity, html: str) -> None:
    shown = {unquote(content_id) for content_id in _CID.findall(html)}
    for leaf in root.leaves():
        if leaf.content_id in shown and leaf.content_type.startswith("image/"):
            leaf.role = "picture"
