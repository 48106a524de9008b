"""People as address books give them away and take them in: vCard (RFC 6350, and 2.1 as telephones write it) and CSV."""

import csv
import io
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping

from mailbox.mime.charset import decode
from mailbox.mime.headers import is_address
from mailbox.mime.letter import Address
from mailbox.mime.words import one_line

LONGEST = 8192  # characters of a property; a photograph's other lines are none
COLUMNS = 500  # of a table; no address book has so many
_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"(?:[\w-]+\.)?(begin|end|fn|n|org|email)((?:;[^:]*)?):(.*)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)")
_PIECES = re.compile(r"((?:[^;\\]|\\.?)*+)(?:;|\Z)")
_KOREAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_FULL = ("name", "display name", "full name", "file as", "표시 이름", "전체 이름")
_GIVEN = ("first name", "given name", "이름")
_FAMILY = ("last name", "family name", "성")
_BEGINNING = re.compile(r"\s*begin:vcard", re.IGNORECASE)


def read_people(data: bytes) -> Iterator[Address]:
    """Everybody with an address in a vCard or CSV file of any charset, in its order, an entry an address. Never raises; of
    a file that is neither there is nobody."""
    text = decode(data)
    found = _of_cards(text) if _BEGINNING.match(text) else _of_table(text)
    for name, address in found:
        if is_address(address.lower()):
            yield Address(one_line(name), address)


def _of_cards(text: str) -> Iterator[tuple[str, str]]:
    names: dict[str, str] = {}
    addresses: list[str] = []
    for line in _lines(text):
        if not (found := _PROPERTY.match(line[:LONGEST])):
            continue
        name, value = found[1].lower(), _value(found[2], found[3])
        if name == "email":
            addresses.append(_plain(value).removeprefix("mailto:"))
        elif name == "end":
            called = names.get("fn") or names.get("n") or names.get("org") or ""
            yield from ((called, address) for address in dict.fromkeys(addresses))
            names, addresses = {}, []
        else:
            names.setdefault(name, _called(value) if name == "n" else _plain(value.partition(";")[0] if name == "org" else value))


def _lines(text: str) -> Iterator[str]:
    """Unfolded; in 2.1 a quoted-printable value goes on after a line that ends with "="."""
    lines = iter(_FOLD.sub("", text).splitlines())
    for line in lines:
        if "QUOTED-PRINTABLE" in line[:200].upper():
            while line.endswith("=") and len(line) < LONGEST:
                line = line[:-1] + next(lines, "")
        yield line


def _value(parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters.upper():
        return value
    charset = _CHARSET.search(parameters)
    return decode(quopri.decodestring(value.encode("ascii", "ignore")), charset[1] if charset else "")


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda escaped: " " if escaped[1] in "nN" else escaped[1], value).strip()


def _called(value: str) -> str:
    """Of N: family name, given name, and more (RFC 6350 section 6.2.2)."""
    family, given, *_ = [*(_plain(piece) for piece in _PIECES.findall(value)), "", ""]
    return _joined(given, family)


def _joined(given: str, family: str) -> str:
    """As people say it: in East Asia the family comes first, and no blank follows."""
    return family + given if _KOREAN.search(family + given) else f"{given} {family}".strip()


def _of_table(text: str) -> Iterator[tuple[str, str]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    if head.count(delimiter) > COLUMNS:
        return
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells = [cell for cell in row.values() if isinstance(cell, str) and "@" in cell]
            name = _name_of({(key or "").strip().casefold(): cell for key, cell in row.items() if isinstance(cell, str)})
            for address in dict.fromkeys(part.strip() for cell in cells for part in cell.split(":::")):
                yield name, address
    except csv.Error:
        return


def _name_of(row: Mapping[str, str]) -> str:
    full, given, family = (
        next((found for key in keys if (found := row.get(key, "").strip())), "") for keys in (_FULL, _GIVEN, _FAMILY)
    )
    return full or _joined(given, family)


def written(people: Iterable[Address]) -> Iterator[str]:
    """A vCard for each (3.0, RFC 2426: what every address book takes in)."""
    for person in people:
        name = _escaped(person.name or person.address)
        lines = ("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:;{name};;;", f"EMAIL:{_escaped(person.address)}", "END:VCARD")
        yield "".join(f"{line}\r\n" for line in lines)


def _escaped(value: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", one_line(value))
