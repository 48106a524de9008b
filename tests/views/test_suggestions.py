"""People offered while an address is typed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Contact, Mailbox
from tests.views.writing import arrive

PEOPLE = [
    ("Camille Roux", "camille@crepes.fr", 9),
    ("Carlos Díaz", "carlos@salmuera.example", 2),
    ("김하늘", "haneul@jangdok.example", 1),
]


@pytest.fixture
def known(client: Client, alice: User) -> None:
    for name, address, written in PEOPLE:
        Contact.objects.create(user=alice, name=name, address=address, written=written)
    client.force_login(alice)


FOUND = [
    ("ca", ["camille@crepes.fr", "carlos@salmuera.example"]),
    ("CA", ["camille@crepes.fr", "carlos@salmuera.example"]),
    ("roux", ["camille@crepes.fr"]),
    ("김하", ["haneul@jangdok.example"]),
    ("jangdok", ["haneul@jangdok.example"]),
    ("@jang", ["haneul@jangdok.example"]),
    ("%", []),
    ("", []),
    ("xyz", []),
]


@pytest.mark.parametrize(("typed", "addresses"), FOUND)
def test_who_begins_like_that(client: Client, known: None, typed: str, addresses: list[str]) -> None:
    answer = client.get(reverse("people"), {"q": typed, "list": "c-to-list"})
    assert [person.address for person in answer.context["people"]] == addresses


def test_who_wrote_lately_is_offered_too(client: Client, known: None, alice: User, alices: Mailbox) -> None:
    (
        arrive(alices),
        arrive(alices, b"From: Carlos <CARLOS@salmuera.example>\r\n\r\nHi\r\n"),
        arrive(alices, b"From: alice@crepes.fr\r\n\r\n"),
    )
    assert [one.address for one in client.get(reverse("people"), {"q": "bob"}).context["people"]] == ["bob@hamburger.edu"]
    assert [one.address for one in client.get(reverse("people"), {"q": "carl"}).context["people"]] == ["carlos@salmuera.example"]
    assert client.get(reverse("people"), {"q": "alice"}).context["people"] == []


def test_what_was_typed_is_marked(client: Client, known: None) -> None:
    assert client.get(reverse("people"), {"q": "Rou"}).context["people"][0].shown == ("Camille ", "Rou", "x")


def test_each_is_an_option_of_the_list(client: Client, known: None) -> None:
    page = client.get(reverse("people"), {"q": "ro", "list": "c-to-list"}).content.decode()
    for part in ('role="option"', 'id="c-to-list-1"', 'aria-selected="false"', 'data-name="Camille Roux"'):
        assert part in page


def test_nobody_sees_another_persons_people(client: Client, known: None, bob: User) -> None:
    client.force_login(bob)
    assert not client.get(reverse("people"), {"q": "ca"}).context["people"]
