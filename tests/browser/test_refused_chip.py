"""An address that has refused letters, as it is chosen on the sheet in a real browser."""

from playwright.sync_api import Page, expect

from accounts.models import User
from mailbox.models import Mailbox, Suppression
from tests.browsing import come_in, faults_of


def test_a_chip_that_refused_letters_says_so_at_once(page: Page, site: str, alice: User, alices: Mailbox) -> None:
    Suppression.objects.create(mailbox=alices, address="bob@hamburger.edu", code=550, reply="550 5.1.1 no such user")
    come_in(page, site, alice)
    page.goto(site)
    page.keyboard.press("c")
    expect(page.get_by_label("To", exact=True)).to_be_focused()
    page.keyboard.type("Bob@hamburger.edu,kim@jangdok.example,")
    expect(page.locator(".to-chip[data-refused] .label")).to_have_text("Bob@hamburger.edu")
    expect(page.locator(".warns").first).to_contain_text("550 5.1.1 no such user")
    assert not faults_of(page)
    page.get_by_label("Send it there all the same").check()
    page.get_by_label("Subject").fill("Lunch")
    page.locator(".send").click()
    expect(page.locator(".toast")).to_contain_text("Sending to Bob@hamburger.edu")
