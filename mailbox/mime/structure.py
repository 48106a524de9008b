"""The tree of parts (RFC 2046 section 5): found by their boundaries, not yet decoded, nothing copied."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from mailbox.mime.fields import Fields, read_header
from mailbox.mime.letter import Role
from mailbox.mime.limits import AFTER_END, MANY_PARTS, NO_BOUNDARY, NO_END, NO_PARTS, TOO_DEEP, Limits
from mailbox.mime.markup import names
from mailbox.mime.parameters import file_name, read_value
from mailbox.mime.transfer import decode_transfer, decoded_size

_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)
_LOOKS_LIKE_DELIMITER = re.compile(rb"^--([^\r\n]{0,199}[^\s-])[ \t]*\r?$", re.MULTILINE)
_ENCODINGS = names("7bit 8bit base64 quoted-printable")
_REST_OF_LINE = 1000  # what may follow a boundary on its line, blanks only, is surely shorter

Delimiter = tuple[int, int, bool]  # where the part before it ends, where the next one begins, whether it is the closing one


@dataclass(slots=True)
class Entity:
    """A part while the letter is read: what its header says, and where its bytes lie in `raw`."""

    raw: bytes = field(repr=False)
    start: int
    stop: int
    path: str = ""
    content_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""  # the charset that a person wants its text read in
    encoding: str = ""
    disposition: str = ""
    name: str = ""
    content_id: str = ""
    children: list["Entity"] = field(default_factory=list)
    role: Role = "file"
    inner: list["Entity"] = field(default_factory=list)  # files packed in this one, or standing in its text
    _size: int = -1  # of the content, once somebody knows it

    @property
    def encoded(self) -> memoryview:
        return memoryview(self.raw)[self.start : self.stop]

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    def content(self) -> bytes:
        content = decode_transfer(self.raw[self.start : self.stop], self.encoding)
        self._size = len(content)
        return content

    @property
    def size(self) -> int:
        """Of the content, in octets; reckoned if nobody has decoded it yet."""
        if self._size < 0:
            self._size = decoded_size(self.raw, self.start, self.stop, self.encoding)
        return self._size

    def add(self, name: str, content_type: str, content: bytes) -> None:
        """A file found within. No part has a part number that begins with that of a leaf, so it is told by one."""
        kind = content_type if _TYPE.fullmatch(content_type) else "application/octet-stream"
        path = f"{self.path}.{len(self.inner) + 1}"
        self.inner.append(Entity(content, 0, len(content), path, kind, name=name, disposition="attachment"))

    def leaves(self) -> Iterator["Entity"]:
        if not self.children:
            yield self
            yield from self.inner
        for child in self.children:
            yield from child.leaves()


class Walk:
    """One walk through a letter. `damage` gathers what was found broken."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.parts
        self.damage: list[str] = []

    def open(self, raw: bytes, fields: Fields, start: int, stop: int) -> Entity:
        """The letter itself, whose header was read already."""
        root = describe(Entity(raw, start, stop), fields, "text/plain")
        self._fill(root, "", 1)
        root.path = "" if root.children else "1"
        return root

    def _fill(self, entity: Entity, prefix: str, depth: int) -> None:
        if not entity.is_multipart:
            return
        if depth > self.limits.depth:
            self.damage.append(TOO_DEEP)
            return
        default = "message/rfc822" if entity.content_type == "multipart/digest" else "text/plain"  # RFC 2046 section 5.1.5
        for start, stop in self._parts(entity):
            if not self.left:
                self.damage.append(MANY_PARTS)
                return
            self.left -= 1
            header = read_header(entity.raw, start, stop, self.limits)
            child = describe(Entity(entity.raw, header.body, stop), header.fields, default)
            child.path = f"{prefix}{len(entity.children) + 1}"
            entity.children.append(child)
            self._fill(child, f"{child.path}.", depth + 1)
        if not entity.children:
            self.damage.append(NO_PARTS)
            entity.content_type = "text/plain"

    def _parts(self, entity: Entity) -> Iterator[tuple[int, int]]:
        boundary = entity.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        delimiters = _found(entity, boundary)
        if delimiters is None:
            self.damage.append(NO_BOUNDARY)
            if entity.encoding in ("base64", "quoted-printable"):  # RFC 2045 section 6.4 forbids it
                entity.raw = entity.content()
                entity.start, entity.stop, entity.encoding = 0, len(entity.raw), ""
            delimiters = _found(entity, boundary) or _found(entity, _guess(entity))
        return self._split(delimiters, entity.stop) if delimiters else iter(())

    def _split(self, delimiters: Iterator[Delimiter], stop: int) -> Iterator[tuple[int, int]]:
        """Where each part begins and ends."""
        begin, closed = -1, False
        for before, after, closing in delimiters:
            if begin >= 0:
                yield begin, max(begin, before)
            elif closed and not closing:
                self.damage.append(AFTER_END)
            begin, closed = (-1, True) if closing else (after, False)
        if begin >= 0:
            self.damage.append(NO_END)
            yield begin, stop


def _found(entity: Entity, boundary: bytes) -> Iterator[Delimiter] | None:
    """The lines that delimit its parts; None if there is not even one."""
    delimiters = _delimiters(entity.raw, entity.start, entity.stop, b"--" + boundary)
    first = next(delimiters, None) if boundary else None
    return chain([first], delimiters) if first else None


def _delimiters(raw: bytes, start: int, stop: int, delimiter: bytes) -> Iterator[Delimiter]:
    """The line break before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
    at_line = b"\n" + delimiter
    line = start if raw.startswith(delimiter, start, stop) else raw.find(at_line, start, stop) + 1 or -1
    while line >= 0:
        after = line + len(delimiter)
        end = raw.find(b"\n", after, stop)
        end = end if end >= 0 else stop
        rest = raw[after : min(end, after + _REST_OF_LINE)].strip()
        if rest in (b"", b"--"):
            before = line - 2 if raw[line - 2 : line] == b"\r\n" else line - 1
            yield max(before, start), min(end + 1, stop), rest == b"--"
        line = raw.find(at_line, end, stop) + 1 or -1


def _guess(entity: Entity) -> bytes:
    """The first line that looks like a delimiter."""
    found = _LOOKS_LIKE_DELIMITER.search(entity.raw, entity.start, entity.stop)
    return found[1] if found else b""


def describe(entity: Entity, fields: Fields, default: str) -> Entity:
    """Fill in what the part's own header says; of repeated fields the first counts."""
    about: dict[str, str] = {}
    for name, value in fields:
        if name[:8].lower() == "content-":
            about.setdefault(name[8:].lower(), value)
    declared, entity.parameters = read_value(about.get("type", ""))
    entity.encoding = about.get("transfer-encoding", "").strip().lower()
    if entity.encoding not in _ENCODINGS:
        entity.encoding = read_value(entity.encoding)[0]  # a comment or a semicolon after it
    disposition, parameters = read_value(about.get("disposition", ""))
    # RFC 2183 section 2.8: a disposition nobody knows is an attachment.
    entity.disposition = disposition if disposition in ("", "inline") else "attachment"
    entity.name = file_name(parameters.get("filename") or entity.parameters.get("name", ""))
    entity.content_id = about.get("id", "").strip("<> \t")
    entity.content_type = _content_type(declared, default, bool(entity.name))
    return entity


def _content_type(declared: str, default: str, is_file: bool) -> str:
    """RFC 2045 section 5.2: what cannot be read is text, unless it is a file."""
    if _TYPE.fullmatch(declared):
        return declared
    if declared.startswith("multipart"):
        return "multipart/mixed"  # RFC 2046 section 5.1.3: as which subtypes that nobody knows are read
    if is_file:
        return "application/octet-stream"
    return "text/plain" if declared else default
