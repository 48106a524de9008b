"""A row under a finger: a swipe files what its buttons would file, and a slip does nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from mailbox.models import Folder, Placement
from tests.browsing import PHONE, come_in, open_page
from tests.views.conftest import SEEN, inbox, lay

__all__ = ["inbox"]  # the fixture

STEPS = 8


@pytest.fixture
def phone(chromium: Browser, site: str, alice: User, inbox: Folder) -> Iterator[Page]:
    """Alice's inbox in her hand."""
    for number, name in enumerate(("Ketchup", "Pickles")):
        lay(inbox, name, minutes=number, flags=SEEN)
    page = open_page(chromium, viewport=PHONE, has_touch=True, is_mobile=True)
    come_in(page, site, alice)
    page.goto(site)
    yield page
    page.context.close()


def row(page: Page) -> Locator:
    return page.locator("#rows .row").filter(has_text="Pickles")


def swipe(page: Page, dx: float, dy: float = 0, *, lift: bool = True) -> None:
    """One finger over the row of the pickles, in a few steps as a hand makes them."""
    box = row(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)
    for step in range(STEPS + 1):
        at = {"x": x + dx * step / STEPS, "y": y + dy * step / STEPS}
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [at]})
    if lift:
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def role() -> str:
    return Placement.objects.live().get(message__subject="Pickles").folder.role


def test_to_the_right_archives_and_can_be_undone(phone: Page) -> None:
    swipe(phone, 170)
    expect(row(phone)).to_have_count(0)
    assert role() == "archive"
    phone.locator("[data-do=undo]").click()
    expect(row(phone)).to_have_count(1)


def test_to_the_left_asks_until_when_it_sleeps(phone: Page, site: str) -> None:
    swipe(phone, -170)
    menu = phone.locator("#snooze-rows")
    expect(menu).to_be_visible()
    menu.locator("[name=until]").first.click()
    expect(row(phone)).to_have_count(0)
    phone.goto(f"{site}/snoozed/")
    expect(row(phone)).to_have_count(1)


@pytest.mark.servers
@pytest.mark.parametrize(("dx", "words"), [(60, "Archive"), (170, "Archive"), (-170, "Snooze")])
def test_it_says_what_letting_go_would_do_and_from_where(phone: Page, dx: int, words: str) -> None:
    swipe(phone, dx, lift=False)
    under = row(phone).locator(".swipe-act[data-armed]" if abs(dx) > 100 else ".swipe-act:not([data-armed])")
    expect(under).to_have_text(words)


@pytest.mark.servers
@pytest.mark.parametrize(("dx", "dy"), [(60, 0), (-60, 0), (40, 200)])
def test_a_slip_does_nothing(phone: Page, dx: int, dy: int) -> None:
    swipe(phone, dx, dy)
    expect(phone.locator(".swipe-act")).to_have_count(0)
    expect(phone.locator("#snooze-rows")).to_be_hidden()
    expect(phone.locator("body")).to_have_attribute("data-view", "list")
    assert (role(), row(phone).count()) == ("inbox", 1)


def test_what_a_list_does_not_offer_does_not_slide(phone: Page, site: str, inbox: Folder) -> None:
    trash = inbox.mailbox.folders.get(role="trash")
    lay(trash, "Pickles")
    phone.goto(f"{site}/f/{trash.pk}/")
    swipe(phone, 170, lift=False)
    expect(row(phone).locator(".row-tools")).to_have_count(1)
    expect(phone.locator(".swipe-act")).to_have_count(0)
