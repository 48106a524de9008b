"""Gathers the words that pages and letters say into locale/*/LC_MESSAGES/django.po, and keeps what is translated there."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

ROOMS = ("accounts", "mailbox", "webmail")
WORD, COUNTED = None, (1, 2)  # which arguments are words, as Babel writes it
SAID, COUNTED_SAID = ((1, "c"), 2), ((1, "c"), 2, 3)  # the first says what is meant
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "_noop"), WORD),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), COUNTED),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), SAID),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), COUNTED_SAID),
}
Word = tuple[str | tuple[str, ...], str | None]  # one form or all of them, and what is meant


def words() -> Catalog:
    """Every word in use, none translated."""
    found = Catalog(charset="utf-8")
    for ids, meant in _everywhere(Path(settings.BASE_DIR)):
        found.add(ids, context=meant)
    return found


def _everywhere(root: Path) -> Iterator[Word]:
    for room in ROOMS:
        for module in sorted((root / room).rglob("*.py")):
            yield from _in(module.read_text(), "python")
    for page in sorted((root / "templates").rglob("*.*")):
        # Django turns a template into calls of gettext among odd letters; Babel's reader of JavaScript minds those least.
        yield from _in(templatize(page.read_text(), origin=str(page)), "javascript")


def _in(source: str, language: str) -> Iterator[Word]:
    for _line, ids, _comments, meant in extract(language, io.BytesIO(source.encode()), KEYWORDS):
        yield ids, meant


def gather(path: Path) -> Catalog:
    """The catalogue of this language with every word in use and no other; new ones are not translated yet."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    catalogue.update(words(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


class Command(BaseCommand):
    help = "Gather the words of the pages into the catalogues below locale/."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(Path(settings.BASE_DIR).glob("locale/*/LC_MESSAGES/django.po")):
            catalogue = gather(path)
            with path.open("wb") as file:
                write_po(file, catalogue, width=0, sort_output=True)
            missing = sum(1 for message in catalogue if message.id and not all(message.string or [""]))
            self.stdout.write(f"{path.parts[-3]}: {len(catalogue)} words, {missing} not translated.")
