"""Somebody tries passwords: they are slowed down, and the owner is not locked out (C-130)."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.acts import is_signed_in, sign_in

SLOW = b"Too many wrong tries. Wait 5 minutes, then try again."


def guess(client: Client, alice: User, times: int = 5, **headers: str) -> bytes:
    for _try in range(times):
        page = sign_in(client, alice, "mustard", **headers).content
    return page


def test_five_wrong_tries_are_enough(client: Client, alice: User) -> None:
    assert SLOW not in guess(client, alice)
    assert SLOW in sign_in(client, alice).content
    assert not is_signed_in(client)


def test_unknown_addresses_are_slowed_down_alike(client: Client, alice: User) -> None:
    alice.email = "nobody@crepes.fr"
    guess(client, alice)
    assert SLOW in sign_in(client, alice).content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "User-Agent", "X-Real-IP", "Forwarded"])
def test_a_header_does_not_start_the_count_anew(client: Client, alice: User, header: str) -> None:
    guess(client, alice, **{header: "192.0.2.7"})
    assert SLOW in sign_in(client, alice, **{header: "192.0.2.8"}).content


def test_the_owner_comes_in_meanwhile_by_a_browser_that_did_before(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(reverse("account_logout"))
    guess(Client(REMOTE_ADDR="192.0.2.7"), alice, times=8)
    sign_in(client, alice)
    assert is_signed_in(client)


def test_a_known_browser_is_slowed_down_too(client: Client, alice: User) -> None:
    sign_in(client, alice)
    client.post(reverse("account_logout"))
    guess(client, alice)
    assert SLOW in sign_in(client, alice).content


def test_a_browser_known_to_somebody_else_is_a_stranger(client: Client, alice: User, bob: User) -> None:
    sign_in(client, bob)
    client.post(reverse("account_logout"))
    guess(Client(REMOTE_ADDR="192.0.2.7"), alice)
    assert SLOW in sign_in(client, alice).content


def test_a_forged_cookie_is_a_stranger(client: Client, alice: User) -> None:
    guess(Client(REMOTE_ADDR="192.0.2.7"), alice)
    client.cookies["device"] = "WyJhbGljZUBjcmVwZXMuZnIiLCJ4Il0:forged"
    assert SLOW in sign_in(client, alice).content


def test_too_many_tries_from_one_network_say_when_to_come_back(client: Client, alice: User) -> None:
    for number in range(31):
        alice.email = f"nobody{number}@crepes.fr"
        response = sign_in(client, alice, "mustard")
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    assert b"Too many tries" in response.content


def test_a_flood_of_other_counts_does_not_start_this_one_anew(client: Client, alice: User) -> None:
    """Django's cache in the database forgets at random when it is full, and by default that is at 300 rows."""
    guess(client, alice)
    for number in range(400):
        cache.set(f"flood{number}", [], 60)
    assert SLOW in sign_in(client, alice).content
