"""Labels on the page: given and taken by one menu, shown on rows and letters, found by their name."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.imap.labels import keyword_of
from mailbox.models import Bulk, Filter, Folder, Label, Mailbox, Placement
from mailbox.sync import bulk
from tests.views.conftest import HTMX, flat, lay, place_row, row_of


def press(browser: Client, placement: Placement, **form: str) -> str:
    address = f"/t/{placement.message.thread_id}/label?in={placement.folder_id}"
    return flat(browser.post(address, form, **HTMX))


@pytest.fixture
def letter(inbox: Folder) -> Placement:
    return lay(inbox, "Pickles")


def test_a_new_label_is_on_the_row_and_in_the_sidebar(browser: Client, letter: Placement) -> None:
    answer = press(browser, letter, new_label="거래처")
    assert "Label 거래처 added" in answer
    page = flat(browser.get("/"))
    assert '<span class="chip" data-hue="' in page
    assert "/search/?q=label%3A%EA%B1%B0%EB%9E%98%EC%B2%98" in page


def test_pressing_it_again_takes_it_away(browser: Client, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    assert "Label Suppliers removed" in press(browser, letter, label="Suppliers")
    assert place_row(letter).labels == []


def test_of_some_that_have_it_all_get_it(browser: Client, inbox: Folder, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    other = lay(inbox, "Ketchup")
    browser.post("/bulk/label/?list=inbox", {"t": [row_of(letter), row_of(other)], "label": "Suppliers"}, **HTMX)
    assert place_row(letter).labels == place_row(other).labels == ["Suppliers"]


def test_a_drop_on_a_label_only_gives_it(browser: Client, inbox: Folder, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    answer = browser.post("/bulk/label/?list=inbox&on=1", {"t": row_of(letter), "label": "Suppliers"}, **HTMX)
    assert "Label Suppliers added" in flat(answer)
    browser.post("/bulk/label/?list=inbox&on=1", {"every": "1", "label": "Suppliers"}, **HTMX)
    bulk.carry_on(Bulk.objects.get().pk)
    assert place_row(letter).labels == ["Suppliers"]


def test_the_open_conversation_shows_it(browser: Client, letter: Placement) -> None:
    press(browser, letter, new_label="To do")
    page = flat(browser.get(f"/t/{letter.message.thread_id}/?in={letter.folder_id}"))
    assert 'href="/search/?q=label%3A%22To+do%22">To do</a>' in page
    assert 'value="To do" aria-pressed="true"' in page


@pytest.mark.parametrize("typed", ["label:거래처", "라벨:거래처", 'label:"거래처"'])
def test_it_is_found_by_its_name(browser: Client, inbox: Folder, letter: Placement, typed: str) -> None:
    lay(inbox, "Ketchup")
    press(browser, letter, new_label="거래처")
    page = flat(browser.get("/search/", {"q": typed}))
    assert "Pickles" in page
    assert "Ketchup" not in page


def test_a_name_that_cannot_be_one_is_refused_in_words(browser: Client, letter: Placement) -> None:
    assert "A label needs a name of 1 to 40 plain characters." in press(browser, letter, new_label="$x")


def test_all_of_a_list_get_it(browser: Client, alice: User, alices: Mailbox, inbox: Folder, letter: Placement) -> None:
    other = lay(inbox, "Ketchup")
    browser.post("/bulk/label/?list=inbox", {"every": "1", "label": "Suppliers"}, **HTMX)
    bulk.carry_on(Bulk.objects.get().pk)
    assert place_row(letter).labels == place_row(other).labels == ["Suppliers"]


def test_a_row_with_many_says_how_many_more(browser: Client, letter: Placement) -> None:
    for name in ["One", "Two", "Three", "Four"]:
        press(browser, letter, new_label=name)
    assert '<span class="chip" data-hue="0">+2</span>' in flat(browser.get("/"))


def test_html_in_a_name_is_text(browser: Client, letter: Placement) -> None:
    press(browser, letter, new_label="<b onclick=x>")
    assert "<b onclick" not in flat(browser.get("/"))


def every(inbox: Folder) -> list[list[str]]:
    return [place.keywords for place in inbox.placements.order_by("pk")]


def test_another_name_reaches_every_letter_and_is_taken_back(browser: Client, inbox: Folder, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    press(browser, lay(inbox, "Ketchup"), new_label="Suppliers")
    assert "Going through its letters" in flat(
        browser.post("/labels/rename/", {"label": "suppliers", "name": "거래처"}, follow=True)
    )
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(inbox) == [[keyword_of("거래처")]] * 2
    page = flat(browser.get("/labels/"))
    assert "Renamed on 2 letters" in page
    browser.post(f"/labels/{Bulk.objects.get().pk}/undo/")
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(inbox) == [["Suppliers"]] * 2


def test_a_label_is_taken_from_all_letters_and_leaves_the_list(browser: Client, inbox: Folder, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    browser.post("/labels/remove/", {"label": "Suppliers"})
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(inbox) == [[]]
    assert "/search/?q=label%3ASuppliers" not in flat(browser.get("/"))


@pytest.mark.parametrize(
    ("label", "name", "sentence"),
    [
        ("Suppliers", "SUPPLIERS", "This label is called that already."),
        ("Suppliers", "\\x", "A label needs a name of 1 to 40 plain characters."),
        ("Nobody", "Somebody", "There is nothing here to do that to."),
        ("", "Somebody", "There is nothing here to do that to."),
    ],
)
def test_what_cannot_be_renamed_says_why(browser: Client, letter: Placement, label: str, name: str, sentence: str) -> None:
    press(browser, letter, new_label="Suppliers")
    assert sentence in flat(browser.post("/labels/rename/", {"label": label, "name": name}, follow=True))
    assert not Bulk.objects.exists()


def test_a_label_that_a_filter_gives_waits_for_the_filter(browser: Client, alices: Mailbox, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    Filter.objects.create(mailbox=alices, sender="bob", label="Suppliers")
    assert "Change the filter first" in flat(browser.post("/labels/remove/", {"label": "Suppliers"}, follow=True))
    assert not Bulk.objects.exists()


def test_nobody_renames_anothers_label(browser: Client, stranger: Client, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    stranger.post("/labels/rename/", {"label": "Suppliers", "name": "Mine"})
    assert not Bulk.objects.exists()


def test_a_label_of_thunderbird_is_known_by_its_korean_name(browser: Client, alices: Mailbox, letter: Placement) -> None:
    Label.objects.create(mailbox=alices, keyword="$label1", name="Important")
    press(browser, letter, label="중요")
    assert every(letter.folder) == [["$label1"]]


def test_two_names_of_one_label_are_not_renamed_into_each_other(browser: Client, alices: Mailbox, letter: Placement) -> None:
    Label.objects.create(mailbox=alices, keyword="$label1", name="Important")
    press(browser, letter, label="Important")
    page = flat(browser.post("/labels/rename/", {"label": "Important", "name": "중요"}, follow=True))
    assert "This label is called that already." in page
    assert every(letter.folder) == [["$label1"]]


def test_a_label_that_is_spelled_in_several_ways_ends_wholly(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    for keyword in ("Work", "work"):
        Label.objects.create(mailbox=alices, keyword=keyword, name=keyword)
        Placement.objects.filter(pk=lay(inbox, keyword).pk).update(keywords=[keyword], server_keywords=[keyword])
    browser.post("/labels/remove/", {"label": "Work"})
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(inbox) == [[], []]
    browser.post(f"/labels/{Bulk.objects.get().pk}/undo/")
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(inbox) == [["Work"], ["work"]]


def test_a_label_with_a_name_that_none_can_be_given_is_taken_away(browser: Client, alices: Mailbox, letter: Placement) -> None:
    long = "x" * 60
    Label.objects.create(mailbox=alices, keyword=long, name=long)
    Placement.objects.filter(pk=letter.pk).update(keywords=[long])
    browser.post("/labels/remove/", {"label": long})
    bulk.carry_on(Bulk.objects.get().pk)
    assert every(letter.folder) == [[]]


def test_a_label_that_gmail_keeps_is_left_to_gmail(browser: Client, alices: Mailbox, letter: Placement) -> None:
    press(browser, letter, new_label="Suppliers")
    Folder.objects.create(mailbox=alices, name="Suppliers", wire_name="Suppliers", is_label=True)
    assert "Gmail keeps this label" in flat(browser.post("/labels/remove/", {"label": "Suppliers"}, follow=True))
