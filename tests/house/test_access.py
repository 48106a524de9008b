"""Every address x every person (C-126): a new address without a row in access.py fails."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from tests.house.access import GATE, TABLE, World, addresses

NAMES = sorted(TABLE)


@pytest.fixture
def world(alice: User, charlie: User) -> World:
    return World(alice, charlie)


def ask(world: World, name: str, who: User | None) -> HttpResponse:
    row, client = TABLE[name], Client()
    if who:
        client.force_login(who)
    return getattr(client, row.method)(reverse(name, args=row.args(world)), row.form)


def outcome(response: HttpResponse) -> int | str | None:
    """The status, or the name of the address that it leads to."""
    place = response.headers.get("Location", "").partition("?")[0]
    return resolve(place).url_name if place else response.status_code


def test_every_address_has_a_row() -> None:
    assert {name for name, _pattern in addresses()} == set(TABLE)


@pytest.mark.parametrize("name", NAMES)
def test_nobody(world: World, name: str) -> None:
    assert outcome(ask(world, name, None)) == TABLE[name].nobody


@pytest.mark.parametrize("name", NAMES)
def test_the_owner(world: World, name: str) -> None:
    assert outcome(ask(world, name, world.alice)) == TABLE[name].owner


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger(world: World, name: str) -> None:
    assert outcome(ask(world, name, world.charlie)) == TABLE[name].stranger


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].nobody == GATE])
def test_no_method_opens_a_closed_door(world: World, name: str, method: str) -> None:
    response = getattr(Client(), method)(reverse(name, args=TABLE[name].args(world)))
    assert outcome(response) in {GATE, 405}
