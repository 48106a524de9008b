"""An address that refused letters is written to again only if the person wants it."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Mailbox, Outgoing, Suppression
from tests.views.writing import sheet


@pytest.fixture
def refused(alices: Mailbox) -> Suppression:
    return Suppression.objects.create(mailbox=alices, address="bob@hamburger.edu", code=550, reply="550 5.1.1 no such user")


def send(client: Client, alice: User, **typed: object) -> str:
    client.force_login(alice)
    return client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, **typed)).content.decode()


@pytest.mark.usefixtures("refused")
def test_the_person_is_asked_first_and_nothing_is_lost(client: Client, alice: User) -> None:
    page = send(client, alice, to="Bob <Bob@Hamburger.EDU>")
    assert "bob@hamburger.edu has taken no letter of yours before." in page
    assert 'name="anyway"' in page
    assert "How about pickles?" in page
    assert not Outgoing.objects.exists()


@pytest.mark.usefixtures("refused")
def test_who_wants_it_all_the_same_is_not_asked_again(client: Client, alice: User) -> None:
    send(client, alice, anyway="1")
    assert Outgoing.objects.count() == 1
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("refused")
def test_others_are_written_to_as_ever(client: Client, alice: User) -> None:
    assert 'name="anyway"' not in send(client, alice, to="camile@hamburger.edu")
    assert Outgoing.objects.count() == 1


def test_the_list_and_the_way_off_it(client: Client, alice: User, refused: Suppression) -> None:
    client.force_login(alice)
    page = client.get(reverse("refused")).content.decode()
    assert "bob@hamburger.edu" in page
    assert "550 5.1.1 no such user" in page
    client.post(reverse("refused_forget", args=[refused.pk]))
    assert not Suppression.objects.exists()


def test_a_stranger_takes_nothing_off(client: Client, bob: User, refused: Suppression) -> None:
    client.force_login(bob)
    assert client.post(reverse("refused_forget", args=[refused.pk])).status_code == 404
    assert Suppression.objects.exists()
