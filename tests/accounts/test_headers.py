"""What every answer says to the browser (C-134, C-147)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.acts import sign_in

PAGES = ["account_login", "account_reset_password", "settings_appearance", "settings_security", "robots"]


@pytest.mark.parametrize("name", PAGES)
def test_every_answer_is_closed(client: Client, alice: User, name: str) -> None:
    sign_in(client, alice)
    headers = client.get(reverse(name)).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")
    assert headers["X-DNS-Prefetch-Control"] == "off"


@pytest.mark.parametrize("name", ["settings_appearance", "settings_security", "account_logout", "account_change_password"])
def test_a_signed_in_persons_page_is_kept_nowhere(client: Client, alice: User, name: str) -> None:
    sign_in(client, alice)
    assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_change_password", "mfa_activate_totp"])
def test_no_page_holds_script_or_style_of_its_own(client: Client, alice: User, name: str) -> None:
    """The policy would refuse it; a block of JSON is data."""
    page = client.get(reverse(name), follow=True).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        assert "src=" in script.partition(">")[0] or 'type="application/json"' in script.partition(">")[0]


def test_crawlers_are_sent_away(client: Client, db: None) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_finders_of_holes_know_whom_to_write_to(client: Client, db: None) -> None:
    """C-148, RFC 9116: exactly one Expires, in the future, less than a year."""
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:" in text
    assert text.count("Expires: ") == 1
