"""Every address x every person (C-126): a new address without a row in access.py fails."""

from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from mailbox.models import Change, Draft, Folder, Identity, Mailbox, Message, Outgoing, Placement, Probe, Recipient, Upload
from tests.house.access import GATE, GATE_TABLE, World, addresses
from tests.house.mail_access import MAIL_TABLE
from tests.house.panel_access import PANEL_TABLE
from tests.house.settings_access import SETTINGS_TABLE
from tests.panel.conftest import with_duty

TABLE = GATE_TABLE | MAIL_TABLE | SETTINGS_TABLE | PANEL_TABLE

NAMES = sorted(TABLE)


@pytest.fixture
def world(alice: User, bob: User, charlie: User) -> World:
    return World(alice, bob, charlie)


def alices_things() -> list[Any]:
    """Everything of hers that a deed could change."""
    facts = [Mailbox, Identity, Folder, Message, Draft, Upload, Outgoing, Recipient, Probe, Authenticator, UserSession, Change]
    moving = Placement.objects.values_list("pk", "folder", "flags", "gone_at")
    return [*moving, *(list(model._default_manager.order_by("pk").values()) for model in facts)]


def outcome(response: HttpResponse) -> int | str | None:
    """The status, or the name of the address that it leads to."""
    place = response.headers.get("Location", "").partition("?")[0]
    return resolve(place).url_name if place else response.status_code


def visit(world: World, name: str, who: User | None, **browser: bool) -> tuple[int | str | None, bool]:
    """What they hear, and whether everything of Alice's is as it was."""
    row, client = TABLE[name], Client(**browser)
    if who:
        client.force_login(who)
    path = reverse(name, args=row.args(world)) + "?" + urlencode(row.query(world))
    form, before = row.form(world), alices_things()
    response = getattr(client, row.method)(path, form)
    return outcome(response), alices_things() == before


def test_every_address_has_a_row() -> None:
    assert {name for name, _pattern in addresses()} == set(TABLE)


@pytest.mark.parametrize("name", NAMES)
def test_nobody(world: World, name: str) -> None:
    assert visit(world, name, None) == (TABLE[name].nobody, True)


@pytest.mark.parametrize("name", NAMES)
def test_the_owner(world: World, name: str) -> None:
    heard, _untouched = visit(world, name, world.alice)
    assert heard == TABLE[name].owner


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger(world: World, name: str) -> None:
    assert visit(world, name, world.charlie) == (TABLE[name].stranger, True)


@pytest.mark.parametrize("name", NAMES)
def test_a_reader(world: World, name: str) -> None:
    """Somebody with whom the mailbox is shared for reading."""
    row = TABLE[name]
    assert visit(world, name, world.bob) == (row.stranger if row.reader is None else row.reader, True)


@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].nobody == GATE])
def test_no_method_opens_a_closed_door(world: World, name: str) -> None:
    path = reverse(name, args=TABLE[name].args(world))
    for method in ("get", "post", "put", "patch", "delete"):
        assert outcome(getattr(Client(), method)(path)) in {GATE, 405}


@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].method == "post"])
def test_no_change_without_the_pages_token(world: World, name: str) -> None:
    """C-129."""
    assert visit(world, name, world.alice, enforce_csrf_checks=True) == (403, True)


@pytest.mark.parametrize("name", sorted(PANEL_TABLE))
@pytest.mark.parametrize("duty", ["helper", "keeper", "other", "operator"])
def test_a_duty_in_the_panel(world: World, name: str, duty: str) -> None:
    who = with_duty("keeper", domain="stranger.example") if duty == "other" else with_duty(duty, domain="crepes.fr")
    heard, untouched = visit(world, name, who)
    assert heard == getattr(PANEL_TABLE[name], duty)
    assert untouched or duty in {"keeper", "operator"}


@pytest.mark.parametrize("name", sorted(MAIL_TABLE | SETTINGS_TABLE))
def test_no_duty_opens_anybodys_mail(world: World, name: str) -> None:
    """An operator is a stranger to every mailbox that is not their own."""
    assert visit(world, name, with_duty("operator")) == (TABLE[name].stranger, True)
