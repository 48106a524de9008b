"""The second factor: who has one, and its secrets under the vault's key."""

import base64
import binascii
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser

from accounts import vault

IDENTITY = "second factor"  # allauth names no row when it seals
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these
SECRETS = ("secret", "seed")  # of codes from an app, of recovery codes


def has_one(user: AbstractBaseUser) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=MAIN).exists())


def others(authenticator: Any) -> bool:
    """Whether a second factor is left when this one goes."""
    rest = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=MAIN).exclude(pk=authenticator.pk)
    return bool(rest.exists())


def count_of(user: AbstractBaseUser, kind: str) -> int:
    return int(Authenticator.objects.filter(user_id=user.pk, type=kind).count())


def seal_text(text: str) -> str:
    return base64.b64encode(vault.seal(text.encode(), IDENTITY)).decode()


def open_text(sealed: str) -> str:
    """Raises vault.CannotOpen."""
    return vault.open_sealed(_bytes(sealed), IDENTITY).decode()


def rotate_factors() -> tuple[int, int]:
    """Seal every secret with the newest key: (how many, how many no key opens). May be stopped and started again."""
    done = lost = 0
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk").iterator(vault.BATCH):
        try:
            fresh = row.data | {name: _reseal(row.data[name]) for name in SECRETS if name in row.data}
        except vault.CannotOpen:
            lost += 1
            continue
        if fresh != row.data:
            done += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)
    return done, lost


def _reseal(sealed: str) -> str:
    return base64.b64encode(vault.reseal(_bytes(sealed), IDENTITY)).decode()


def _bytes(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, validate=True)
    except binascii.Error:
        return b""
