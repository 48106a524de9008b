"""People who want no conversations have letters: in lists, in searches, in the reader, and for every deed."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mailbox.models import Flag, Folder, Mailbox, Placement, ThreadFolder
from tests.views.conftest import HTMX, flat, lay, letter

ANSWER = {"References": "<1@hamburger.edu>", "Message-ID": "<2@hamburger.edu>"}


@pytest.fixture
def letters(alice: User, inbox: Folder) -> tuple[Placement, Placement]:
    """A letter and its answer."""
    User.objects.filter(pk=alice.pk).update(conversations=False)
    first = letter("Pickles", text="How about pickles?\n", **{"Message-ID": "<1@hamburger.edu>"})
    answer = letter("Re: Pickles", sender="Noor <noor@crepes.fr>", text="Never mustard.\n", **ANSWER)
    return lay(inbox, first, minutes=10), lay(inbox, answer)


def row_of(placement: Placement) -> str:
    return f"{placement.message.thread_id}-{placement.folder_id}-{placement.message_id}"


def test_each_letter_is_a_row(browser: Client, letters: tuple[Placement, Placement]) -> None:
    page = flat(browser.get("/"))
    assert [page.count(f'id="t{row_of(one)}"') for one in letters] == [1, 1]
    assert page.index("Never mustard") < page.index("How about pickles")
    assert '<span class="badge">' not in page


def test_the_reader_shows_that_letter_and_marks_it_alone(browser: Client, letters: tuple[Placement, Placement]) -> None:
    first, answer = letters
    page = flat(browser.get(f"/t/{first.message.thread_id}/?in={first.folder_id}&letter={first.message_id}"))
    assert f'id="l{first.message_id}"' in page
    assert f'id="l{answer.message_id}"' not in page
    assert "Show the conversation of 2 letters" in page
    assert [f'letter={one.message_id}" aria-current="true"' in page for one in letters] == [True, False]
    assert [Placement.objects.get(pk=one.pk).flags for one in letters] == [Flag.SEEN, 0]


@pytest.mark.parametrize(("do", "role"), [("archive", "archive"), ("trash", "trash"), ("spam", "junk")])
def test_a_deed_is_for_that_letter(browser: Client, letters: tuple[Placement, Placement], do: str, role: str) -> None:
    first, answer = letters
    told = browser.post(f"/t/{first.message.thread_id}/{do}?in={first.folder_id}&letter={first.message_id}", **HTMX)
    assert "Letter " in flat(told)
    assert row_of(first) in told["HX-Trigger"]
    lying = dict(Placement.objects.live().values_list("message", "folder__role"))
    assert lying == {first.message_id: role, answer.message_id: "inbox"}


def test_a_deed_for_the_chosen_ones(browser: Client, letters: tuple[Placement, Placement]) -> None:
    answer = browser.post("/bulk/?list=inbox", {"t": [row_of(one) for one in letters], "do": "star"}, **HTMX)
    assert [Placement.objects.get(pk=one.pk).flags & Flag.FLAGGED for one in letters] == [Flag.FLAGGED, Flag.FLAGGED]
    assert all(f'id="t{row_of(one)}"' in flat(answer) for one in letters)


@pytest.mark.parametrize("show", ["unread", "starred"])
def test_the_filters_are_for_letters(browser: Client, letters: tuple[Placement, Placement], show: str) -> None:
    first, answer = letters
    marked = {"unread": (Flag.SEEN, 0), "starred": (0, Flag.FLAGGED)}[show]
    for one, flags in zip(letters, marked, strict=True):
        Placement.objects.filter(pk=one.pk).update(flags=flags)
    ThreadFolder.objects.update(unread=1, flagged=1)
    page = flat(browser.get("/", {"show": show}))
    assert (row_of(answer) in page, row_of(first) in page) == (True, False)


def test_a_search_finds_letters(browser: Client, letters: tuple[Placement, Placement]) -> None:
    page = flat(browser.get("/search/", {"q": "pickles"}))
    assert all(f'id="t{row_of(one)}"' in page for one in letters)
    assert "2 results" in page
    assert row_of(letters[0]) not in flat(browser.get("/search/", {"q": "mustard"}))


def test_what_is_put_off_is_out_of_sight(browser: Client, letters: tuple[Placement, Placement]) -> None:
    ThreadFolder.objects.update(snoozed_until=timezone.now())
    assert row_of(letters[0]) not in flat(browser.get("/"))


def test_pages_follow_each_other(browser: Client, letters: tuple[Placement, Placement], inbox: Folder) -> None:
    for number in range(60):
        lay(inbox, f"S{number}", minutes=20 + number)
    page = flat(browser.get("/"))
    older = page.partition('hx-get="/?show=all&amp;before=')[2].partition('"')[0]
    rest = flat(browser.get("/", {"before": older}, **HTMX))
    assert page.count('class="row"') == 50
    assert rest.count('class="row"') == 12


def test_sent_letters_name_their_addressees(browser: Client, alices: Mailbox, letters: tuple[Placement, Placement]) -> None:
    sent = alices.folders.get(role="sent")
    lay(sent, letter("Ketchup", sender="Alice <alice@crepes.fr>", To="Bob <bob@hamburger.edu>"))
    assert "To Bob" in flat(browser.get(f"/f/{sent.pk}/"))


def test_a_strangers_letter_is_not_found(stranger: Client, letters: tuple[Placement, Placement]) -> None:
    first, _ = letters
    assert stranger.get(f"/t/{first.message.thread_id}/?letter={first.message_id}").status_code == 404


def test_a_letter_of_another_conversation_is_not_found(browser: Client, letters: tuple[Placement, Placement]) -> None:
    assert browser.get(f"/t/{letters[0].message.thread_id}/?letter=999999").status_code == 404
