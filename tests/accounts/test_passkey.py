"""A person adds a passkey and signs in with it: a real browser, with a fingerprint reader that always says yes."""

import shutil
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.acts import PASSWORD, confirm, sign_in

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(live_server: LiveServer, alice: User) -> Iterator[Page]:
    """A browser at http://localhost, the one name for which browsers allow passkeys without https. Tests that have it
    leave the database alone: Playwright's loop runs in their thread."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(base_url=live_server.url)
        line = page.context.new_cdp_session(page)
        line.send("WebAuthn.enable")
        line.send("WebAuthn.addVirtualAuthenticator", {"options": READER})
        yield page
        browser.close()


def come_in(page: Page, user: User) -> None:
    page.goto(reverse("account_login") + "?next=/settings/security/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_it_opens_the_house_without_a_password(page: Page, alice: User) -> None:
    come_in(page, alice)
    add_passkey(page)
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Sign out").click()
    page.goto(reverse("account_login") + "?next=/settings/security/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Phone")).to_be_visible()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()


def test_it_is_asked_for_after_the_password(page: Page, alice: User) -> None:
    come_in(page, alice)
    add_passkey(page)
    page.context.clear_cookies()
    come_in(page, alice)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()


def test_no_passkey_is_said_in_words(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.context.new_cdp_session(page).send("WebAuthn.enable")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible()


JUNK = ["", "{}", "[]", "null", "7", '"x"', '{"id": 1}', '{"id": "x", "response": {}}', '{"response": {"userHandle": "x"}}', "{"]


@pytest.mark.parametrize("credential", JUNK)
def test_what_no_browser_sends_is_refused_at_the_gate(client: Client, alice: User, credential: str) -> None:
    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert response.url == reverse("account_login")


@pytest.mark.parametrize("credential", JUNK)
def test_what_no_browser_sends_is_not_kept(client: Client, alice: User, credential: str) -> None:
    sign_in(client, alice)
    confirm(client)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page_name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_a_strangers_passkey_is_not_there(client: Client, alice: User, bob: User, page_name: str) -> None:
    passkey = Authenticator.objects.create(user=bob, type="webauthn", data={"name": "Phone", "credential": {}})
    sign_in(client, alice)
    confirm(client)
    assert client.post(reverse(page_name, args=[passkey.pk]), {"name": "Mine"}).status_code == 404
