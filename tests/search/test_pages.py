"""The pages of the search: what was found, what is offered, what is kept."""

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from mailbox.models import Folder, Mailbox, PastSearch
from mailbox.search.find import Search
from mailbox.search.query import parse
from mailbox.views.findings import letters_found
from mailbox.views.language import LINES
from tests.search.letters import folder, lay
from tests.views.conftest import HTMX, flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return folder(alices)


def found(browser: Client, typed: str, **more: str) -> str:
    return flat(browser.get("/search/", {"q": typed, **more}))


def test_a_page_shows_the_letter_its_words_and_its_place(browser: Client, alices: Mailbox) -> None:
    lay(folder(alices, "archive"), "Bring the pickles, please.", subject="Lunch")
    page = found(browser, "pickl")
    assert "1 result" in page
    assert "<mark>pickl</mark>es, please." in page
    assert '<span class="chip" data-hue="0">Archive</span>' in page


def test_c22_marks_stand_in_foreign_text_and_foreign_text_stays_data(browser: Client, inbox: Folder) -> None:
    lay(inbox, "<img src=x onerror=alert(1)> pickles <mark>", subject="<script>pickles</script>")
    page = found(browser, "pickles")
    assert "&lt;script&gt;<mark>pickles</mark>&lt;/script&gt;" in page
    assert "<img src=x" not in page


def test_c22_what_was_typed_stays_data(browser: Client, inbox: Folder) -> None:
    page = found(browser, "\"><script>alert(1)</script> {{ x }} '")
    assert "<script>alert" not in page


def test_a_letter_far_down_shows_the_words_that_were_looked_for(browser: Client, inbox: Folder) -> None:
    lay(inbox, "nothing " * 300 + "회의록을 첨부합니다")
    assert "<mark>회의록</mark>을 첨부합니다" in found(browser, "회의록")


def test_a_letter_without_text_borrows_none(browser: Client, inbox: Folder) -> None:
    lay(inbox, "", message_id="<first@crepes.fr>", subject="Pickles")
    lay(inbox, "With butter.", references="<first@crepes.fr>", subject="Re: Pickles", days=-1)
    assert "With butter." not in found(browser, "subject:pickles -butter")


def test_what_a_wide_list_shows_is_marked_too(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Bring the pickles, please.", subject="Lunch")
    assert found(browser, "pickl").count("<mark>pickl</mark>es, please.") == 2


def test_older_findings_come_when_they_are_asked_for(browser: Client, inbox: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.views.findings.PAGE_SIZE", 2)
    for number in range(3):
        lay(inbox, days=number, subject=f"Pickles {number}")
    page = browser.get("/search/", {"q": "pickles"})
    assert "Results" in flat(page)
    older = flat(browser.get(page.context["page"].older, headers=HTMX))
    assert "Pickles</mark> 2" in older
    assert "Pickles</mark> 1" not in older
    assert browser.get("/search/count/", {"q": "pickles"}).content == b"3 results"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("before:2026-02-30 pickles", "“2026-02-30” is not a date."),
        ("is:purple", "A letter cannot be “purple”."),
        ("((pickles", "A bracket stands alone"),
        ("pickles " * 100, "There are too many words."),
        ("pickles " + "x" * 100_000, "Only the first 1,000 characters were searched."),
    ],
)
def test_what_cannot_be_read_says_so(browser: Client, inbox: Folder, typed: str, sentence: str) -> None:
    assert sentence in found(browser, typed)


def test_one_that_takes_too_long_says_so(browser: Client, inbox: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.search.find.patiently.__wrapped__.__defaults__", (0.05,))
    monkeypatch.setattr("mailbox.search.find.Search._newest", sleep)
    assert "This search takes too long." in found(browser, "pickles")


def sleep(_search: Search) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_people_are_not_marked_as_words(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Yours, Bob: pickles")
    page = found(browser, "from:bob pickles")
    assert "Bob: <mark>pickles</mark>" in page


def test_letters_in_trash_are_told_of(browser: Client, alices: Mailbox) -> None:
    lay(folder(alices, "trash"), "pickles", subject="Gone")
    page = found(browser, "pickles")
    assert "Also 1 result in Spam and Trash." in page
    assert "Gone" not in page
    assert "Gone" in found(browser, "(pickles) in:anywhere")


def test_what_is_still_on_its_way_is_told(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    Folder.objects.filter(pk=inbox.pk).update(live=12_480, server_messages=48_210)
    Mailbox.objects.filter(pk=alices.pk).update(state="importing")
    assert "12,480 of 48,210 letters can be searched" in found(browser, "pickles")


def test_a_conversation_opens_beside_what_was_found(browser: Client, inbox: Folder) -> None:
    message = lay(inbox, "Bring pickles", subject="Lunch").message
    page = flat(browser.get(f"/t/{message.thread_id}/", {"list": "q:pickles", "in": inbox.pk, "open": message.pk}))
    assert "<mark>pickles</mark>" in page
    assert 'href="/search/?q=pickles"' in page


def test_a_deed_leads_back_to_what_was_found(browser: Client, inbox: Folder) -> None:
    message = lay(inbox, "pickles").message
    answer = browser.post("/bulk/?list=q%3Apickles", {"t": f"{message.thread_id}-{inbox.pk}", "do": "archive"})
    assert answer["Location"] == "/search/?q=pickles"


def test_all_that_is_found_is_taken_and_nothing_else(alice: User, alices: Mailbox, inbox: Folder) -> None:
    lay(inbox, "pickles", message_id="<first@crepes.fr>", subject="Lunch")
    lay(inbox, "yes", subject="Re: Lunch", references="<first@crepes.fr>")
    lay(inbox, "ketchup", subject="Other")
    lay(folder(alices, "archive"), "pickles", subject="Old")
    lay(folder(alices, "trash"), "pickles", subject="Gone")
    taken = letters_found(alice, "pickles").values_list("message__subject", flat=True)
    assert sorted(taken) == ["Lunch", "Old", "Re: Lunch"]


def test_nobody_sees_what_others_have(inbox: Folder, bob: User) -> None:
    lay(inbox, "pickles", subject="Private")
    stranger = Client()
    stranger.force_login(bob)
    assert "Private" not in found(stranger, "pickles")
    assert "Private" not in flat(stranger.get("/search/offers/", {"q": "pickles"}))
    assert stranger.get("/search/count/", {"q": "pickles"}).content == b"0 results"


OFFERS = {
    "fr": 'data-query="from:"',
    "from:bo": 'data-query="from:bob@hamburger.edu "',
    "is:un": 'data-query="is:unread "',
    "pickles has:att": 'data-query="pickles has:attachment "',
    "-in:arch": 'data-query="-in:Archive "',
    "보낸": 'data-query="from:"',
    "pickles": 'data-url="/t/',
}


def test_offers(browser: Client, inbox: Folder) -> None:
    lay(inbox, "pickles")
    pages = {typed: flat(browser.get("/search/offers/", {"q": typed})) for typed in OFFERS}
    assert [typed for typed, wanted in OFFERS.items() if wanted not in pages[typed]] == []


def test_offers_in_korean(alice: User, browser: Client, inbox: Folder) -> None:
    alice.language = "ko"
    alice.save(update_fields=["language"])
    with override("ko"):
        assert 'data-query="상태:안읽음 "' in flat(browser.get("/search/offers/", {"q": "is:un"}))


def test_the_folder_and_the_conversation_in_view_are_offered(browser: Client, inbox: Folder) -> None:
    page = flat(browser.get("/search/offers/", {"q": "pick", "list": f"f{inbox.pk}", "conversation": "7"}))
    assert 'data-query="in:Inbox ' in page
    assert 'data-query="conversation:7 ' in page


def test_what_was_searched_is_offered_again_to_the_same_person(browser: Client, bob: User, inbox: Folder) -> None:
    found(browser, "pickles from:bob")
    assert 'data-query="pickles from:bob"' in flat(browser.get("/search/offers/", {"q": "pick"}))
    other = Client()
    other.force_login(bob)
    assert "pickles from:bob" not in flat(other.get("/search/offers/", {"q": "pick"}))


def test_only_the_newest_searches_are_remembered(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.models.past_search.REMEMBERED", 2)
    PastSearch.objects.create(user=alice, query="kept", kept=True)
    for typed in ("one", "two", "three", "two"):
        PastSearch.objects.remember(alice, typed)
    assert set(PastSearch.objects.values_list("query", flat=True)) == {"kept", "two", "three"}


def test_a_search_that_is_kept_stands_at_the_side_with_its_count(browser: Client, inbox: Folder) -> None:
    lay(inbox, "pickles")
    lay(inbox, "pickles", flags=1)
    browser.post("/search/keep/", {"q": "pickles", "keep": "1"})
    assert 'href="/search/?q=pickles"' in flat(browser.get("/"))
    assert '<span class="n">1<span class="vh"> unread</span></span>' in flat(browser.get("/search/kept/"))
    browser.post("/search/keep/", {"q": "pickles", "keep": "0"})
    assert 'href="/search/?q=pickles"' not in flat(browser.get("/"))


def test_every_example_of_the_language_page_is_read(browser: Client) -> None:
    assert "older_than:1y" in flat(browser.get("/search/language/"))
    assert [line for line in LINES if parse(line.english).trouble[0] or parse(line.korean).trouble[0]] == []
