"""The vault: seals mail passwords with the newest of VAULT_KEYS, opens them with any, and binds each to its row."""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"
NONCE = 12
MARK = 4  # bytes of the key's digest, so that opening tries the right key first


class CannotOpen(Exception):
    """No key of ours opens this secret, or it was sealed for another row."""


def seal(plain: bytes, identity: str) -> bytes:
    """version | key mark | nonce | AES-256-GCM; `identity` ("mailbox:7") is the associated data."""
    key = _keys()[0]
    nonce = os.urandom(NONCE)
    return VERSION + _mark(key) + nonce + AESGCM(key).encrypt(nonce, plain, identity.encode())


def open_sealed(sealed: bytes, identity: str) -> bytes:
    """Raises CannotOpen."""
    if sealed[:1] != VERSION:
        raise CannotOpen("The stored password cannot be read; enter it again.")
    mark, nonce, body = sealed[1 : 1 + MARK], sealed[1 + MARK : 1 + MARK + NONCE], sealed[1 + MARK + NONCE :]
    for key in (key for key in _keys() if _mark(key) == mark):
        try:
            return AESGCM(key).decrypt(nonce, body, identity.encode())
        except InvalidTag:
            continue
    raise CannotOpen("The stored password cannot be read with today's keys; enter it again.")


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key sealed it, so that rotation may pass it by."""
    return sealed[:1] == VERSION and sealed[1 : 1 + MARK] == _mark(_keys()[0])


def _keys() -> list[bytes]:
    return [base64.urlsafe_b64decode(key) for key in settings.VAULT_KEYS]


def _mark(key: bytes) -> bytes:
    return hashlib.blake2s(key, digest_size=MARK, person=b"mark").digest()
