"""The corpus: each letter in tests/letters/ (name.eml) is read as name.json says. Adding a case is adding two files."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailbox.mime.letter import Address, Letter
from mailbox.mime.read import read_headers, read_letter

LETTERS = sorted(Path(__file__).parents[1].glob("letters/*.eml"))


def told(value: Any) -> Any:
    """A value as JSON can say it: people as pairs, times in ISO 8601."""
    if isinstance(value, Address):
        return [value.name, value.address]
    if isinstance(value, date):
        return value.isoformat()
    return [told(each) for each in value] if isinstance(value, list | tuple) else value


def seen(letter: Letter, name: str, wanted: Any) -> Any:
    """What the letter says under that name, in the shape in which the corpus writes it."""
    if name == "headers":
        return {header: letter.header(header) for header in wanted}
    if name == "parts":
        return [[part.path, part.content_type, part.name, part.role] for part in letter.parts]
    if name == "invitation":
        made = letter.invitation
        return made and {field: told(getattr(made, field)) for field in made.__dataclass_fields__}
    if name == "report":
        made = letter.report
        return made and {**asdict(made), "fates": [list(asdict(fate).values()) for fate in made.fates]}
    return told(getattr(letter, name))


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_letter_is_read_as_expected(path: Path) -> None:
    letter = read_letter(path.read_bytes())
    wanted = json.loads(path.with_suffix(".json").read_text())
    assert {name: seen(letter, name, wanted[name]) for name in wanted} == wanted


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_header_alone_says_the_same(path: Path) -> None:
    raw = path.read_bytes()
    letter, alone = read_letter(raw), read_headers(raw)
    assert (alone.subject, alone.senders, alone.date, alone.headers) == (
        letter.subject,
        letter.senders,
        letter.date,
        letter.headers,
    )


def test_every_letter_says_what_is_expected_of_it() -> None:
    assert len(LETTERS) > 100
    assert {path.with_suffix("") for path in LETTERS} == {path.with_suffix("") for path in LETTERS[0].parent.glob("*.json")}
