"""Browsers that have signed in to an address before: their wrong tries are counted apart from those of strangers.

The browser keeps a signed cookie (OWASP's "device cookie"); it opens nothing, it only chooses the counter.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

SIGNER = signing.Signer(salt="accounts.devices")
AGE = 365 * 24 * 3600  # seconds


def remember(response: HttpResponseBase, email: str) -> None:
    """Let this browser keep its own count for this address."""
    value = SIGNER.sign_object([email.lower(), secrets.token_urlsafe(9)])
    response.set_cookie(settings.DEVICE_COOKIE_NAME, value, AGE, secure=settings.SECURE, httponly=True, samesite="Lax")


def bucket(request: HttpRequest, email: str) -> str:
    """The name of the counter for this browser and this address."""
    try:
        known, device = SIGNER.unsign_object(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    except (signing.BadSignature, ValueError, TypeError):
        return f"stranger:{email}"
    return f"device:{device}:{email}" if known == email else f"stranger:{email}"


def on_sign_in(user: User, response: HttpResponseBase, **signal: object) -> None:
    remember(response, user.email)
