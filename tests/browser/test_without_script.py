"""Writing, reading and filing in a real browser that runs no script: everything is a form, and every answer a page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from mailbox.models import Mailbox, Outgoing
from tests.browser.test_reading import row, rows, where
from tests.browsing import come_in, open_page
from tests.views.conftest import SEEN, lay

TEXT = "How about pickles?\n김치도 좋아합니다."


@pytest.fixture
def plain(chromium: Browser, site: str, alice: User, alices: Mailbox) -> Iterator[Page]:
    """Alice in a browser that runs no script."""
    page = open_page(chromium, java_script_enabled=False)
    come_in(page, site, alice)
    yield page
    page.context.close()


def test_a_letter_goes_out_with_a_file(plain: Page, site: str) -> None:
    plain.goto(f"{site}/write/")
    plain.get_by_label("To", exact=True).fill("bob@hamburger.edu")
    plain.get_by_label("Letter", exact=True).fill(TEXT)
    plain.get_by_label("Files to attach").set_input_files([{"name": "jars.csv", "mimeType": "text/csv", "buffer": b"jars,3"}])
    plain.get_by_role("button", name="Attach", exact=True).click()
    expect(plain.locator("#ups")).to_contain_text("jars.csv")
    expect(plain.get_by_label("Letter", exact=True)).to_have_value(TEXT)
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("heading", name="Delivery", level=4)).to_be_visible()
    assert Outgoing.objects.get().recipients.get().address == "bob@hamburger.edu"


def test_undo_works_too(plain: Page, site: str) -> None:
    plain.goto(f"{site}/write/?to=bob@hamburger.edu&subject=Ketchup&text=Well")
    plain.get_by_role("button", name="Send", exact=True).click()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.get_by_label("Subject")).to_have_value("Ketchup")


def test_letters_are_read_and_filed(plain: Page, site: str, alices: Mailbox) -> None:
    for number, subject in enumerate(("Ketchup", "Pickles")):
        lay(alices.folders.get(role="inbox"), subject, minutes=number, flags=SEEN)
    plain.goto(site)
    row(plain, "Pickles").locator(".row-link").click()
    plain.get_by_role("toolbar", name="Conversation").get_by_role("button", name="Archive").click()
    expect(plain.locator(".toast")).to_contain_text("Conversation archived")
    plain.get_by_role("button", name="Undo").click()
    expect(rows(plain)).to_have_count(2)
    row(plain, "Ketchup").locator(".pick").click()
    plain.get_by_role("toolbar", name="Chosen conversations").get_by_role("button", name="Delete").first.click()
    expect(rows(plain)).to_have_count(1)
    assert where("Ketchup") == "trash"
