"""Stored passwords (C-94, C-95, C-99)."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts import vault
from accounts.checks import vault_keys
from accounts.vault import CannotOpen, is_newest, open_sealed, reseal, seal

OTHER = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens(plain: bytes, identity: str) -> None:
    assert open_sealed(seal(plain, identity), identity) == plain


def test_the_same_secret_never_looks_the_same() -> None:
    assert seal(b"pickles", "mailbox:7") != seal(b"pickles", "mailbox:7")


def test_another_rows_secret_does_not_open() -> None:
    """C-94: swapping two rows gains nothing."""
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"pickles", "mailbox:7"), "mailbox:8")


@pytest.mark.parametrize("at", [0, 1, 5, 17, -1])
def test_a_changed_byte_does_not_open(at: int) -> None:
    sealed = bytearray(seal(b"pickles", "mailbox:7"))
    sealed[at] ^= 1
    with pytest.raises(CannotOpen):
        open_sealed(bytes(sealed), "mailbox:7")


@given(st.binary(max_size=60))
def test_anything_else_does_not_open(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(junk, "mailbox:7")


def test_an_older_key_still_opens(settings: Settings) -> None:
    sealed = seal(b"pickles", "mailbox:7")
    settings.VAULT_KEYS = [OTHER, *settings.VAULT_KEYS]
    assert open_sealed(sealed, "mailbox:7") == b"pickles"
    assert not is_newest(sealed)


def test_sealed_anew_the_older_key_may_go(settings: Settings) -> None:
    sealed = seal(b"pickles", "mailbox:7")
    settings.VAULT_KEYS = [OTHER, *settings.VAULT_KEYS]
    fresh = reseal(sealed, "mailbox:7")
    settings.VAULT_KEYS = [OTHER]
    assert open_sealed(fresh, "mailbox:7") == b"pickles"
    assert reseal(fresh, "mailbox:7") == fresh


def test_a_lost_key_says_what_to_do(settings: Settings) -> None:
    sealed = seal(b"pickles", "mailbox:7")
    settings.VAULT_KEYS = [OTHER]
    with pytest.raises(CannotOpen, match="enter it again"):
        open_sealed(sealed, "mailbox:7")


@pytest.mark.parametrize("key", ["", "short", "c2hvcnQ=", "not base64 at all!!", OTHER + "AAAA", "가" * 44])
def test_what_is_no_key_is_said_in_plain_words(settings: Settings, key: str) -> None:
    settings.VAULT_KEYS = [OTHER, key]
    with pytest.raises(ImproperlyConfigured, match="Key 2 of VAULT_KEYS is not one") as error:
        vault.read_keys()
    assert not key or key not in str(error.value)


def test_the_check_finds_it_before_anybody_comes_in(settings: Settings) -> None:
    assert vault_keys(None) == []
    settings.VAULT_KEYS = ["short"]
    assert [found.id for found in vault_keys(None)] == ["accounts.E001"]
