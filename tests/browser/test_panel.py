"""The panel in a real browser, under the strict content policy, for everybody."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts import audit
from accounts.models import User
from mailbox.models import Access, Domain, Hour, Mailbox
from tests.browsing import PHONE, come_in, faults_of
from tests.panel.conftest import waiting, with_duty


@pytest.fixture
def operator(alices: Mailbox, bob: User) -> User:
    """In a house with something on every page."""
    user = with_duty("operator")
    Access.objects.create(mailbox=alices, user=bob, role="read")
    Domain.objects.create(name="crepes.fr")
    Hour.objects.create(start=timezone.now().replace(minute=0, second=0, microsecond=0), delivered=9, deferred=3, bounced=1)
    for number in range(3):
        waiting(alices, f"noor{number}@buckwheat.example", host="mx.buckwheat.example")
    audit.note("mailbox_paused", actor=user, about=alices.address, mailbox_id=alices.pk)
    return user


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.servers)])
def test_everybody_can_use_every_page(page: Page, site: str, operator: User, alices: Mailbox, theme: str) -> None:
    User.objects.filter(pk=operator.pk).update(theme=theme)
    come_in(page, site, operator)
    paths = ["", "queue/", "domains/", "mailboxes/", "mailboxes/make/", f"mailboxes/{alices.pk}/", "people/", "audit/"]
    for path in [*paths, f"people/{operator.pk}/"]:
        page.goto(f"{site}/panel/{path}")
        assert not faults_of(page), path
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.set_viewport_size({"width": 1440, "height": 900})


def test_the_stock_admin_works_under_our_policy(page: Page, site: str, operator: User) -> None:
    """Its scripts run, and the console has nothing to complain of."""
    come_in(page, site, operator)
    page.goto(f"{site}/panel/tables/mailbox/site/add/")
    page.locator("#id_key").fill("buckwheat.example")
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("link", name="Now").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    page.goto(f"{site}/panel/audit/")
    page.get_by_text("Table site: buckwheat.example added").wait_for()


def test_rows_are_chosen_and_held(page: Page, site: str, operator: User) -> None:
    come_in(page, site, operator)
    page.goto(f"{site}/panel/queue/")
    page.get_by_label("Select all").check()
    page.get_by_text("Chosen: 3").wait_for()
    page.get_by_role("button", name="Hold", exact=True).click()
    page.get_by_text("3 are held.").wait_for()
    page.get_by_role("link", name="Held 3").click()
    page.get_by_text("An operator of this house holds the letter.").first.wait_for()
