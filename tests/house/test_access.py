"""Every address x every person (C-126): a new address without a row in access.py fails."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
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

Heard = tuple[int | str | None, bool]  # what they are told, and whether everything of Alice's is as it was


@pytest.fixture
def world(alice: User, bob: User, charlie: User) -> World:
    return World(alice, bob, charlie)


@cache
def _marks() -> str:
    """One statement, a digest a table."""
    facts = [Mailbox, Identity, Folder, Message, Draft, Upload, Outgoing, Recipient, Probe, Authenticator, UserSession, Change]
    rows = {model._meta.db_table: "r" for model in facts} | {Placement._meta.db_table: "(r.id, r.folder_id, r.flags, r.gone_at)"}
    return "SELECT " + ", ".join(
        f"(SELECT md5(string_agg({row}::text, '' ORDER BY id)) FROM {table} r)" for table, row in rows.items()
    )


def alices_things() -> tuple[str, ...]:
    """A mark of everything of hers that a deed could change."""
    with connection.cursor() as cursor:
        cursor.execute(_marks())
        return cursor.fetchone()


def outcome(response: HttpResponse) -> int | str | None:
    """The status, or the name of the address that it leads to."""
    place = response.headers.get("Location", "").partition("?")[0]
    return resolve(place).url_name if place else response.status_code


def visit(world: World, name: str, who: User | None, **browser: bool) -> Heard:
    row, client = TABLE[name], Client(**browser)
    if who:
        client.force_login(who)
    path = reverse(name, args=row.args(world)) + "?" + urlencode(row.query(world))
    form, before = row.form(world), alices_things()
    response = getattr(client, row.method)(path, form)
    return outcome(response), alices_things() == before


@contextmanager
def undone() -> Iterator[None]:
    """The next visit finds the world as it was made."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walk(world: World, who: User | None, names: Iterable[str] = NAMES, **browser: bool) -> dict[str, Heard]:
    """One person at every address."""
    heard = {}
    for name in names:
        with undone():
            heard[name] = visit(world, name, who, **browser)
    return heard


def test_every_address_has_a_row() -> None:
    assert {name for name, _pattern in addresses()} == set(TABLE)


def test_nobody(world: World) -> None:
    assert walk(world, None) == {name: (TABLE[name].nobody, True) for name in NAMES}


def test_the_owner(world: World) -> None:
    heard = {name: status for name, (status, _untouched) in walk(world, world.alice).items()}
    assert heard == {name: TABLE[name].owner for name in NAMES}


def test_a_stranger(world: World) -> None:
    assert walk(world, world.charlie) == {name: (TABLE[name].stranger, True) for name in NAMES}


def test_a_reader(world: World) -> None:
    """Somebody with whom the mailbox is shared for reading."""
    rows = TABLE.items()
    expected = {name: (row.stranger if row.reader is None else row.reader, True) for name, row in rows}
    assert walk(world, world.bob) == expected


def test_no_method_opens_a_closed_door(world: World) -> None:
    for name in NAMES:
        if TABLE[name].nobody == GATE:
            with undone():
                path = reverse(name, args=TABLE[name].args(world))
                heard = {method: outcome(getattr(Client(), method)(path)) for method in ("get", "post", "put", "patch", "delete")}
            assert set(heard.values()) <= {GATE, 405}, (name, heard)


def test_no_change_without_the_pages_token(world: World) -> None:
    """C-129."""
    posts = [name for name in NAMES if TABLE[name].method == "post"]
    assert walk(world, world.alice, posts, enforce_csrf_checks=True) == dict.fromkeys(posts, (403, True))


@pytest.mark.parametrize("duty", ["helper", "keeper", "other", "operator"])
def test_a_duty_in_the_panel(world: World, duty: str) -> None:
    who = with_duty("keeper", domain="stranger.example") if duty == "other" else with_duty(duty, domain="crepes.fr")
    heard = walk(world, who, PANEL_TABLE)
    assert {name: status for name, (status, _untouched) in heard.items()} == {
        name: getattr(row, duty) for name, row in PANEL_TABLE.items()
    }
    assert duty in {"keeper", "operator"} or all(untouched for _status, untouched in heard.values())


def test_no_duty_opens_anybodys_mail(world: World) -> None:
    """An operator is a stranger to every mailbox that is not their own."""
    mail = MAIL_TABLE | SETTINGS_TABLE
    assert walk(world, with_duty("operator"), mail) == {name: (row.stranger, True) for name, row in mail.items()}
