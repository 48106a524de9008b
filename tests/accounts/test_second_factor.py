"""A person sets up codes from an app and signs in with them."""

import base64
import os
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.acts import SECRET, app_code, confirm, give_app, is_signed_in, sign_in


def type_code(client: Client, code: str) -> bytes:
    return client.post(reverse("mfa_authenticate"), {"code": code}).content


def test_setting_up_asks_for_the_password_again(client: Client, alice: User) -> None:
    """C-133."""
    sign_in(client, alice)
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_setting_up_ends_with_recovery_codes(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client, alice)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)
    assert secret
    import time

    code = format_hotp_value(hotp_value(secret[1], int(time.time()) // 30))
    codes = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True).content
    assert len(re.findall(rb"<code>\d{8}</code>", codes)) == 10


def test_the_password_alone_opens_nothing(client: Client, alice: User) -> None:
    give_app(alice)
    assert sign_in(client, alice).url == reverse("mfa_authenticate")
    assert not is_signed_in(client)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_the_code_opens_even_if_the_clock_is_half_a_minute_off(client: Client, alice: User, steps: int) -> None:
    """C-131; the step may turn while the test runs."""
    give_app(alice)
    sign_in(client, alice)
    code = app_code(steps)
    type_code(client, code if app_code(steps) == code else app_code(steps))
    assert is_signed_in(client)


@pytest.mark.parametrize("steps", [-3, 3])
def test_an_old_or_early_code_does_not(client: Client, alice: User, steps: int) -> None:
    give_app(alice)
    sign_in(client, alice)
    assert b"That code is not right" in type_code(client, app_code(steps))
    assert not is_signed_in(client)


@pytest.mark.parametrize("again", ["{}", "{:.3}-{:.0}", " {} "])
def test_a_code_is_good_once_however_it_is_written(client: Client, alice: User, again: str, settings: Settings) -> None:
    """C-131, for as long as the clock tolerance would take it: allauth's own mark is already gone here."""
    give_app(alice)
    code = app_code(1)
    sign_in(client, alice)
    type_code(client, code)
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={alice.pk}&code={code}")
    sign_in(other := Client(), alice)
    written = {"{}": code, " {} ": f" {code} "}.get(again, f"{code[:3]}-{code[3:]}")
    assert b"it was used already" in type_code(other, written)


def test_a_recovery_code_opens_once(client: Client, alice: User) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    give_app(alice)
    code = RecoveryCodes.activate(alice).generate_codes()[0]
    sign_in(client, alice)
    type_code(client, code)
    assert is_signed_in(client)
    sign_in(other := Client(), alice)
    type_code(other, code)
    assert not is_signed_in(other)


def test_the_database_holds_no_secret_in_clear(alice: User) -> None:
    """C-94."""
    data = give_app(alice).data
    assert SECRET not in str(data)
    assert SECRET.encode() not in base64.b64decode(data["secret"])


def test_a_lost_key_is_said_in_words(client: Client, alice: User, settings: Settings) -> None:
    """C-95."""
    give_app(alice)
    settings.VAULT_KEYS = [base64.urlsafe_b64encode(os.urandom(32)).decode()]
    sign_in(client, alice)
    assert b"cannot be checked with today&#x27;s keys" in type_code(client, app_code())


def test_guessing_codes_is_slowed_down(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice)
    for _try in range(5):
        type_code(client, "000000")
    assert b"Too many wrong tries" in type_code(client, app_code())


def test_somebody_else_may_take_the_place(client: Client, alice: User, bob: User) -> None:
    """ "Not you?" forgets the half-done sign-in."""
    give_app(alice)
    sign_in(client, alice)
    client.post(reverse("account_logout"), {"next": reverse("account_login")})
    assert client.get(reverse("mfa_authenticate")).url == reverse("account_login")


def test_switching_it_off(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice)
    type_code(client, app_code())
    confirm(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=alice).exists()
