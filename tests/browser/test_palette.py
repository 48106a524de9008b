"""The command palette in a real browser: everything by its name, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from mailbox.models import Access, Contact, Mailbox, Placement
from tests.browsing import come_in, faults_of
from tests.search.letters import folder, lay


@pytest.fixture
def mail(page: Page, site: str, alice: User, alices: Mailbox) -> Page:
    """Alice's inbox with two letters."""
    lay(folder(alices), "Bring the pickles, please.", subject="Lunch")
    lay(folder(alices), "회의록을 첨부합니다", subject="회의", days=1)
    Contact.objects.create(user=alice, name="Bob Marlow", address="bob@hamburger.edu", written=3)
    come_in(page, site, alice)
    page.goto(site)
    expect(page.locator("#rows .row")).to_have_count(2)
    return page


def ask(page: Page, typed: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type(typed)


def test_a_folder_opens_by_its_name(mail: Page) -> None:
    ask(mail, "arch")
    expect(mail.locator("#hits [aria-selected=true]")).to_contain_text("Archive")
    mail.keyboard.press("Enter")
    expect(mail).to_have_url(re.compile(r"/f/\d+/"))


def test_who_may_only_read_finds_no_tools(mail: Page, site: str, alices: Mailbox, bob: User) -> None:
    Access.objects.create(mailbox=alices, user=bob, role="read")
    come_in(mail, site, bob)
    mail.goto(site)
    mail.locator("#rows .row-link").first.click()
    expect(mail.locator("#subject")).to_have_text("Lunch")
    for key in ("e", "x", "s", "m", "b", "v", "u", "#", "c", "r"):
        mail.keyboard.press(key)
    ask(mail, "spam")
    expect(mail.locator("#hits [role=option]")).to_have_text(["Spam", "Search: spam"])
    mail.keyboard.press("Escape")
    expect(mail.locator("#rows .row")).to_have_count(2)


def test_an_action_is_done_to_the_open_conversation(mail: Page) -> None:
    mail.locator("#rows .row-link").first.click()
    expect(mail.locator("#subject")).to_have_text("Lunch")
    ask(mail, "archive")
    expect(mail.locator("#hits [role=group]").first).to_have_attribute("aria-label", "This conversation")
    mail.keyboard.press("Enter")
    expect(mail.locator("#rows .row")).to_have_count(1)
    assert Placement.objects.live().get(message__subject="Lunch").folder.role == "archive"


def test_a_person_leads_to_their_letters(mail: Page) -> None:
    ask(mail, "@bob")
    expect(mail.locator("#hits [role=option]")).to_contain_text("Bob Marlow")
    mail.keyboard.press("Enter")
    expect(mail).to_have_url(re.compile(r"/search/\?q=from%3Abob"))
    expect(mail.locator("#rows .row")).to_have_count(2)


def test_anything_else_is_searched(mail: Page) -> None:
    ask(mail, "pickles please")
    expect(mail.locator("#hits [aria-selected=true]")).to_contain_text("pickles please")
    mail.keyboard.press("Enter")
    expect(mail.locator("#rows mark").first).to_have_text("pickles")


def test_escape_gives_the_focus_back(mail: Page) -> None:
    mail.locator("#rows .row-link").first.focus()
    ask(mail, "x")
    mail.keyboard.press("Escape")
    expect(mail.locator("#palette")).to_be_hidden()
    expect(mail.locator("#rows .row-link").first).to_be_focused()


def test_everybody_can_use_it(mail: Page) -> None:
    ask(mail, "a")
    expect(mail.locator("#palette-q")).to_have_attribute("aria-activedescendant", "hit-1")
    assert faults_of(mail) == []


def test_control_a_chooses_all_that_is_shown(mail: Page) -> None:
    mail.keyboard.press("Control+a")
    expect(mail.locator("#picked")).to_have_text("2")
