"""The index is never wrong: it comes and goes with the letters."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mailbox.models import Mailbox, SearchEntry
from tests.search.letters import folder, lay

pytestmark = pytest.mark.django_db


def says(*arguments: str) -> str:
    out = StringIO()
    call_command("reindex", *arguments, stdout=out)
    return out.getvalue()


def finds(words: str) -> int:
    return SearchEntry.objects.filter(tsv__words=words).count()


def test_a_letter_is_in_the_index_when_it_is_in_its_folder(alices: Mailbox) -> None:
    lay(folder(alices), "How about pickles?")
    assert finds("'pickles'") == 1
    assert finds(f"'@{alices.pk}' & '@{alices.pk}/2026-03'") == 1


def test_c122_a_letter_that_is_removed_is_not_found(alices: Mailbox) -> None:
    lay(folder(alices), "How about pickles?").message.delete()
    assert finds("'pickles'") == 0


def test_c25_words_that_postgresql_would_not_take_are_taken(alices: Mailbox) -> None:
    lay(folder(alices), "it's a 'quoted' \\ back\\slash \x00 word", subject="O'Brien & <b> | ! ( :*")
    assert finds("'quoted'") == 1


def test_c122_the_index_made_anew_is_the_index_that_grew(alices: Mailbox) -> None:
    for text in ("회의록을 첨부합니다", "pickles", ""):
        lay(folder(alices), text)
    before = list(SearchEntry.objects.order_by("pk").values())
    assert "3 letters, 0 not in the index, 0 otherwise" in says("--check")
    SearchEntry.objects.all().delete()
    assert "3 letters, 3 added" in says()
    assert list(SearchEntry.objects.order_by("pk").values()) == before


def test_c122_what_is_wrong_is_told_and_put_right(alices: Mailbox) -> None:
    lay(folder(alices), "pickles")
    SearchEntry.objects.update(tsv="'ketchup'")
    with pytest.raises(SystemExit, match="1"):
        says("--check")
    assert finds("'ketchup'") == 1
    assert "1 put right" in says(alices.address)
    assert finds("'pickles'") == 1


def test_a_mailbox_that_is_none(alices: Mailbox) -> None:
    with pytest.raises(CommandError, match="There is no mailbox"):
        says("bob@hamburger.edu")
