"""What people do at the gate, for the tests."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User

PASSWORD = "ketchup-and-pickles"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, user: User, password: str = PASSWORD, **headers: str) -> HttpResponse:
    form = {"login": user.email, "password": password, "remember": "on"}
    return client.post(reverse("account_login"), form, headers=headers)


def confirm(client: Client, password: str = PASSWORD) -> HttpResponse:
    """Type the password once more, as every change of the way in asks."""
    return client.post(reverse("account_reauthenticate"), {"password": password})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("settings_security")).status_code == 200


def give_app(user: User) -> Authenticator:
    """Codes from an app, set up long ago."""
    return TOTP.activate(user, SECRET).instance


def app_code(steps: int = 0) -> str:
    """What the app shows now, or some 30-second steps from now."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))
