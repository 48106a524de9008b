"""The vault: seals mail passwords with the newest of VAULT_KEYS, opens them with any, and binds each to its row."""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

VERSION = b"\x01"
KEY = 32  # bytes: AES-256
NONCE = 12  # bytes: NIST SP 800-38D section 8.2.2, random
MARK = 4  # bytes of the key's digest, so that opening tries the right key first
BATCH = 500  # rows


class CannotOpen(Exception):
    """No key of ours opens this secret, or it was sealed for another row."""


def seal(plain: bytes, identity: str) -> bytes:
    """version | key mark | nonce | AES-256-GCM; `identity` ("mailbox:7") is the associated data."""
    key = read_keys()[0]
    nonce = os.urandom(NONCE)
    return VERSION + _mark(key) + nonce + AESGCM(key).encrypt(nonce, plain, identity.encode())


def open_sealed(sealed: bytes, identity: str) -> bytes:
    """Raises CannotOpen."""
    if sealed[:1] != VERSION:
        raise CannotOpen("The stored password cannot be read; enter it again.")
    mark, nonce, body = sealed[1 : 1 + MARK], sealed[1 + MARK : 1 + MARK + NONCE], sealed[1 + MARK + NONCE :]
    for key in (key for key in read_keys() if _mark(key) == mark):
        try:
            return AESGCM(key).decrypt(nonce, body, identity.encode())
        except (InvalidTag, ValueError):  # ValueError: cut short
            continue
    raise CannotOpen("The stored password cannot be read with today's keys; enter it again.")


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key sealed it, so that rotation may pass it by."""
    return sealed[:1] == VERSION and sealed[1 : 1 + MARK] == _mark(read_keys()[0])


def reseal(sealed: bytes, identity: str) -> bytes:
    """The same secret under the newest key. Raises CannotOpen."""
    return sealed if is_newest(sealed) else seal(open_sealed(sealed, identity), identity)


def read_keys() -> list[bytes]:
    """VAULT_KEYS, newest first. Raises ImproperlyConfigured in plain words, and never repeats a key in them."""
    found = [_key(number, text) for number, text in enumerate(settings.VAULT_KEYS, start=1)]
    if not found:
        raise ImproperlyConfigured("VAULT_KEYS holds no key.")
    return found


def _key(number: int, text: str) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY:
        raise ImproperlyConfigured(
            f"Key {number} of VAULT_KEYS is not one: it must be {KEY} random bytes in URL-safe base64, as "
            f"`python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom({KEY})).decode())'` prints."
        )
    return key


def _mark(key: bytes) -> bytes:
    return hashlib.blake2s(key, digest_size=MARK, person=b"mark").digest()


# A table that keeps sealed bytes names their columns in SEALED; the identity of a row's secret is "<model name>:<id>".


def identity_of(row: models.Model) -> str:
    return f"{row._meta.model_name}:{row.pk}"


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for column in getattr(model, "SEALED", ()):
            yield model, column


def rotate(model: type[models.Model], column: str) -> tuple[int, int]:
    """Seal every secret of this column with the newest key: (how many, how many no key opens). It may be stopped and
    started again at any time; a secret that somebody sets meanwhile is left as they set it."""
    done = lost = 0
    for row in model._default_manager.exclude(**{column: b""}).only(column).order_by("pk").iterator(BATCH):
        sealed = bytes(getattr(row, column))
        if is_newest(sealed):
            continue
        try:
            fresh = reseal(sealed, identity_of(row))
        except CannotOpen:
            lost += 1
            continue
        done += model._default_manager.filter(pk=row.pk, **{column: sealed}).update(**{column: fresh})
    return done, lost
