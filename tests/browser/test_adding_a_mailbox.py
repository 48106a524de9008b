"""Adding a mailbox in a real browser: the page waits for a worker's answer, keeps what was typed, and goes on by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from mailbox.models import Mailbox, Probe
from tests.browsing import come_in, complaints_of, faults_of, open_page

WRONG = "imap.galette.example says the password is wrong."


@pytest.fixture
def form(page: Page, site: str, alice: User) -> Page:
    """The form, with address and password typed and sent; the servers are not known."""
    come_in(page, site, alice)
    page.goto(f"{site}/mailboxes/add/")
    page.get_by_label("Email address").fill("alice@galette.example")
    page.get_by_label("Password or app password").fill("buckwheat")
    page.get_by_role("button", name="Check and add").click()
    expect(page.get_by_text("The servers of this address are not known here.")).to_be_visible()
    complaints_of(page).clear()  # the browser remarks on the 422
    return page


def name_servers(page: Page) -> None:
    page.locator("[name=incoming_host]").fill("imap.galette.example")
    page.locator("[name=outgoing_host]").fill("smtp.galette.example")
    page.get_by_role("button", name="Check and add").click()
    expect(page.get_by_text("Trying").first).to_be_visible()


def answer(page: Page, **facts: str) -> None:
    """What a worker finds out."""
    page.wait_for_function("document.querySelector('#probe')")
    Probe.objects.filter(state="waiting").update(**facts)


def test_what_was_typed_stays_while_the_servers_are_named_and_tried(form: Page) -> None:
    name_servers(form)
    answer(form, state="bad", incoming_trouble=WRONG)
    expect(form.get_by_text(WRONG)).to_be_visible()
    expect(form.get_by_text("Works")).to_be_visible()
    expect(form.get_by_label("Password or app password")).to_have_value("buckwheat")
    expect(form.get_by_label("Email address")).to_have_value("alice@galette.example")
    assert not faults_of(form)
    assert not Mailbox.objects.exists()


def test_good_servers_lead_to_the_inbox_by_themselves(form: Page, site: str) -> None:
    name_servers(form)
    answer(form, state="good")
    expect(form).to_have_url(f"{site}/")
    expect(form.get_by_text("alice@galette.example is added.")).to_be_visible()
    assert Mailbox.objects.get().credentials(Mailbox.objects.get().incoming_endpoint).password == "buckwheat"


@pytest.fixture
def plain(chromium: Browser, site: str, alice: User) -> Iterator[Page]:
    """Alice in a browser that runs no script."""
    page = open_page(chromium, java_script_enabled=False)
    come_in(page, site, alice)
    yield page
    page.context.close()


def test_without_script_a_press_adds_it(plain: Page, site: str) -> None:
    plain.goto(f"{site}/mailboxes/add/")
    plain.get_by_label("Email address").fill("haneul@naver.com")
    plain.get_by_label("Password or app password").fill("buckwheat")
    plain.get_by_role("button", name="Check and add").click()
    Probe.objects.update(state="good")
    plain.reload()
    plain.get_by_role("button", name="Add it").click()
    expect(plain).to_have_url(f"{site}/")
    assert Mailbox.objects.get().address == "haneul@naver.com"
