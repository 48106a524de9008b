"""Read, unread, starred."""

import pytest
from django.test import Client

from mailbox.models import Flag, Folder, Placement
from tests.views.conftest import HTMX, SEEN, lay, letter, place_row, row_of


@pytest.fixture
def two(inbox: Folder) -> tuple[Placement, Placement]:
    """A conversation of two letters, both unread; the second is the newer one."""
    first = lay(inbox, letter("Ketchup", Message_ID="<1@x>"), minutes=5)
    return first, lay(inbox, letter("Re: Ketchup", Message_ID="<2@x>", In_Reply_To="<1@x>", References="<1@x>"))


def press(browser: Client, placement: Placement, deed: str) -> str:
    url = f"/t/{placement.message.thread_id}/{deed}&in={placement.folder_id}"
    return browser.post(url, **HTMX).content.decode()


def flags(*placements: Placement) -> list[Flag]:
    return [Flag(Placement.objects.get(pk=placement.pk).flags) for placement in placements]


def test_read_is_the_whole_conversation(browser: Client, two: tuple[Placement, Placement]) -> None:
    press(browser, two[0], "read?on=1")
    assert flags(*two) == [Flag.SEEN, Flag.SEEN]


def test_unread_is_its_newest_letter(browser: Client, two: tuple[Placement, Placement]) -> None:
    press(browser, two[0], "read?on=1")
    press(browser, two[0], "read?on=0")
    assert flags(*two) == [Flag.SEEN, Flag(0)]


def test_a_star_goes_to_the_newest_letter(browser: Client, two: tuple[Placement, Placement]) -> None:
    press(browser, two[0], "star?on=1")
    assert flags(*two) == [Flag(0), Flag.FLAGGED]


def test_taking_the_star_away_takes_all(browser: Client, two: tuple[Placement, Placement]) -> None:
    Placement.objects.update(flags=Flag.FLAGGED)
    press(browser, two[0], "star?on=0")
    assert flags(*two) == [Flag(0), Flag(0)]


def test_the_row_comes_back_as_it_looks_now(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup")
    answer = press(browser, placement, "read?on=1")
    assert f'id="t{row_of(placement)}"' in answer
    assert " data-unread" not in answer
    assert place_row(placement).unread == 0


def test_without_script_one_is_back_in_the_list(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup", flags=SEEN)
    answer = browser.post(f"/t/{placement.message.thread_id}/star?on=1&in={inbox.pk}")
    assert answer["Location"] == f"/f/{inbox.pk}/"
