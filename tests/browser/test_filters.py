"""Filters in a real browser: how many letters fit is said while they are typed, and everybody can use the pages."""

from playwright.sync_api import Page, expect

from accounts.models import User
from mailbox.models import Mailbox
from tests.browsing import PHONE, come_in, faults_of
from tests.search.letters import folder, lay


def test_a_filter_is_made_by_the_keyboard(page: Page, site: str, alice: User, alices: Mailbox) -> None:
    lay(folder(alices), "Bring the pickles, please.", subject="Lunch")
    come_in(page, site, alice)
    page.goto(f"{site}/settings/filters/of/{alices.pk}/new/")
    page.get_by_label("From", exact=True).focus()
    page.keyboard.type("bob")
    expect(page.locator("#fits")).to_contain_text("1 letter in the inbox fits:")
    assert not faults_of(page)
    page.get_by_label("Star").press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".rule b")).to_have_text("bob")
    page.get_by_role("switch", name="Filter 1 on").press("Space")
    assert not faults_of(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everybody_can_add_an_address(page: Page, site: str, alice: User, alices: Mailbox) -> None:
    alices.claims.create(user=alice, address="orders@crepes.fr", digest="x")
    come_in(page, site, alice)
    page.goto(f"{site}/mailboxes/{alices.pk}/")
    page.get_by_text("Another address").click()
    expect(page.get_by_label("Address", exact=True)).to_be_visible()
    assert not faults_of(page)
