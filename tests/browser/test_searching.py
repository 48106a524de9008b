"""Searching in a real browser: by the keyboard alone, live as it is typed."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from mailbox import ingest
from mailbox.models import Mailbox, PastSearch
from tests.browsing import PHONE, come_in, faults_of, open_page
from tests.search.letters import NOON, folder, lay


@pytest.fixture
def mail(page: Page, site: str, alice: User, alices: Mailbox) -> Page:
    """Alice's inbox with two letters."""
    lay(folder(alices), "Bring the pickles, please.", subject="Lunch")
    lay(folder(alices), "회의록을 첨부합니다", subject="회의", days=1)
    come_in(page, site, alice)
    page.goto(site)
    expect(page.locator("#rows .row")).to_have_count(2)
    return page


def type_search(page: Page, typed: str) -> None:
    page.keyboard.press("Slash")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(typed)


def test_slash_and_words_and_enter_show_what_was_found(mail: Page) -> None:
    type_search(mail, "pickl")
    expect(mail.locator("#offers [role=option]").first).to_be_visible()  # a question under way would be cut off
    mail.keyboard.press("Enter")
    expect(mail).to_have_url(re.compile(r"/search/\?q=pickl"))
    expect(mail.locator("#rows .snip mark")).to_have_text("pickl")
    expect(mail.locator("#list-title")).to_have_text("1 result")


HTML = b"From: b@hamburger.edu\r\nSubject: Dill\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Dill <b>pick</b>!</p>"
MARKED = "[...(page?.CSS.highlights.get('found') ?? [])].map(String).join()"
FRAME = "document.querySelector('.sheet > iframe')?.contentWindow"


def test_the_words_are_marked_in_the_letters(mail: Page, alices: Mailbox, site: str) -> None:
    """In one of text, and in the frame of one in HTML, whose own policy allows no script."""
    ingest.place(folder(alices), HTML, uid=9, uidvalidity=1, flags=0, internal_date=NOON)
    mail.goto(f"{site}/search/?q=(pickles OR dill)")
    mail.locator(".row-link", has_text="Lunch").click()
    mail.wait_for_function(f"() => {{ const page = window; return {MARKED} === 'pickles' }}")
    mail.locator(".row-link", has_text="Dill").click()
    mail.wait_for_function(f"() => {{ const page = {FRAME}; return {MARKED} === 'Dill' }}")


def test_nothing_is_marked_where_nothing_was_looked_for(mail: Page) -> None:
    mail.locator("#rows .row-link").first.click()
    expect(mail.locator("#subject")).to_have_text("Lunch")
    assert mail.evaluate(f"() => {{ const page = window; return {MARKED} }}") == ""


def test_a_letter_that_is_offered_opens_by_arrow_and_enter(mail: Page) -> None:
    type_search(mail, "pickl")
    expect(mail.locator("#offers [role=option]").first).to_contain_text("Lunch")
    mail.keyboard.press("ArrowDown")
    expect(mail.locator("#q")).to_have_attribute("aria-activedescendant", "offer-1-1")
    mail.keyboard.press("Enter")
    expect(mail.locator("#subject")).to_have_text("Lunch")


def test_tab_completes_an_operator(mail: Page) -> None:
    type_search(mail, "is:unr")
    expect(mail.locator("#offers [role=option]").first).to_contain_text("is:unread")
    mail.keyboard.press("ArrowDown")
    mail.keyboard.press("Tab")
    expect(mail.locator("#q")).to_have_value("is:unread ")
    expect(mail.locator("#q")).to_be_focused()


def test_escape_closes_the_offers_takes_the_words_and_leaves(mail: Page) -> None:
    type_search(mail, "회의")
    expect(mail.locator("#offers [data-url]")).to_contain_text("회의")
    mail.keyboard.press("Escape")
    expect(mail.locator("#search-panel")).to_be_hidden()
    mail.keyboard.press("Escape")
    expect(mail.locator("#q")).to_have_value("")
    mail.keyboard.press("Escape")
    expect(mail.locator("#q")).not_to_be_focused()


def test_a_row_that_is_read_keeps_its_marks(mail: Page, site: str) -> None:
    mail.goto(f"{site}/search/?q=pickles")
    mail.locator("#rows .row-link").focus()
    mail.keyboard.press("u")
    expect(mail.locator("#rows .row[data-unread]")).to_have_count(0)
    expect(mail.locator("#rows .snip mark")).to_have_text("pickles")


def test_an_opened_finding_leads_back_to_the_findings(mail: Page, site: str) -> None:
    mail.goto(f"{site}/search/?q=pickles")
    mail.locator("#rows .row-link").click()
    expect(mail.locator("#subject")).to_have_text("Lunch")
    mail.keyboard.press("Escape")
    expect(mail).to_have_url(re.compile(r"/search/\?q=pickles"))


def test_kept_searches_get_their_count(mail: Page, alice: User, site: str) -> None:
    PastSearch.objects.create(user=alice, query="pickles", kept=True)
    mail.goto(site)
    expect(mail.locator("#kept .n")).to_contain_text("1")


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.servers)])
def test_everybody_can_use_it(mail: Page, site: str, *, dark: bool) -> None:
    mail.emulate_media(color_scheme="dark" if dark else "light")
    mail.goto(f"{site}/search/?q=from:bob pickles")
    assert faults_of(mail) == []
    type_search(mail, "")
    expect(mail.locator("#search-panel")).to_be_visible()
    assert faults_of(mail) == []


def test_on_a_phone_nothing_is_wider_than_it(chromium: Browser, mail: Page, alice: User, site: str) -> None:
    phone = open_page(chromium, viewport=PHONE)
    come_in(phone, site, alice)
    phone.goto(f"{site}/search/?q=from:bob pickles")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults_of(phone) == []
    phone.close()
