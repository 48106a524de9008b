"""Every word that people see is there in Korean, whole, and as the design's rules of wording ask."""

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from mailbox.management.commands.words import words

HOLES = re.compile(r"%\(\w+\)[sd]")
TAGS = re.compile(r"</?\w[^>]*>")
UNDECIDED = re.compile(r"을\(를\)|를\(을\)|이\(가\)|가\(이\)|은\(는\)|는\(은\)|와\(과\)|과\(와\)|\(으\)로")


@pytest.fixture(scope="module")
def korean() -> Catalog:
    path = Path(settings.BASE_DIR) / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale="ko", abort_invalid=True)


def key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def said(message: Message) -> str:
    return message.string if isinstance(message.string, str) else "".join(message.string)


def meant(message: Message) -> str:
    """The English; of a counted word the form for many, which names the count."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def test_the_catalogue_has_the_words_in_use_and_no_other(korean: Catalog) -> None:
    """`manage.py words` gathers them."""
    assert {key(message) for message in korean if message.id} == {key(message) for message in words() if message.id}


def test_every_word_is_translated(korean: Catalog) -> None:
    assert [message.id for message in korean if message.id and (message.fuzzy or not said(message).strip())] == []


def test_every_hole_and_every_tag_is_there(korean: Catalog) -> None:
    for message in korean:
        assert sorted(HOLES.findall(said(message))) == sorted(HOLES.findall(meant(message))), message.id
        assert sorted(TAGS.findall(said(message))) == sorted(TAGS.findall(meant(message))), message.id


def test_blanks_at_the_ends_stay(korean: Catalog) -> None:
    for message in korean:
        if message.id:
            assert [text[:1].isspace() + 2 * text[-1:].isspace() for text in (said(message), meant(message))] in ([0, 0], [2, 2])


def test_no_particle_is_left_undecided(korean: Catalog) -> None:
    """design/README.md section 10: the sentence is turned instead."""
    assert [message.id for message in korean if UNDECIDED.search(said(message))] == []


def test_it_compiles_and_is_found(korean: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, korean)
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    assert translations.gettext("Sign in") == "로그인"
    assert translations.pgettext("action", "Archive") != translations.gettext("Archive")
    assert translations.ngettext("%(counter)s attachment", "%(counter)s attachments", 2) == "첨부 파일 %(counter)s개"
