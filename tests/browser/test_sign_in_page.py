"""The first page that anybody sees, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.browsing import PHONE, complaints_of, faults_of, open_page

PASSWORD = "ketchup-and-pickles"


def test_a_person_signs_in(page: Page, site: str, alice: User) -> None:
    page.goto(site)
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.servers)])
def test_everybody_can_use_it(chromium: Browser, site: str, scheme: str) -> None:
    page = open_page(chromium, viewport=PHONE, color_scheme=scheme)
    page.goto(f"{site}/accounts/login/")
    assert not faults_of(page)
    assert not complaints_of(page), complaints_of(page)
    page.context.close()
