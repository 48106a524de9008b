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
def test_it_is_heeded_behind_an_address_that_is_not_closed(client: Client, alice: User) -> None:
    page = send(client, alice, to="Kim <kim@jangdok.example", bcc="bob@hamburger.edu")
    assert "bob@hamburger.edu has taken no letter of yours before." in page
    assert not Outgoing.objects.exists()


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


def warning(client: Client, user: User, **typed: object) -> str:
    client.force_login(user)
    answer = client.post(reverse("people_refused"), {"identity": sheet(user)["identity"], **typed})
    return answer.content.decode()


@pytest.mark.usefixtures("refused")
def test_the_sheet_is_told_at_once_why_and_when(client: Client, alice: User) -> None:
    page = warning(client, alice, cc="Kim <kim@jangdok.example>, Bob <Bob@Hamburger.EDU>")
    assert 'data-address="bob@hamburger.edu"' in page
    assert "took no letter on" in page
    assert "550 5.1.1 no such user" in page
    assert 'name="anyway"' in page
    assert "kim@" not in page


@pytest.mark.usefixtures("refused")
def test_the_sheet_is_told_whatever_stands_in_another_line(client: Client, alice: User) -> None:
    assert "bob@hamburger.edu" in warning(client, alice, to="Kim <kim@jangdok.example", bcc="bob@hamburger.edu")


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(
    "typed",
    ["", "camille@crepes.fr", "bob@", "," * 1000, "camille\0@crepes.fr"],
    ids=["nobody", "another", "half", "commas", "a NUL"],
)
def test_the_sheet_is_told_nothing_of_others(client: Client, alice: User, typed: str) -> None:
    assert not warning(client, alice, to=typed).strip()


@pytest.mark.usefixtures("refused")
def test_what_was_decided_stays_decided(client: Client, alice: User) -> None:
    assert "checked" in warning(client, alice, to="bob@hamburger.edu", anyway="1")


def test_the_list_of_another_mailbox_is_not_heeded(client: Client, bob: User, bobs: Mailbox, refused: Suppression) -> None:
    assert not warning(client, bob, to="bob@hamburger.edu").strip()


@pytest.mark.usefixtures("refused")
def test_a_stranger_learns_nothing(client: Client, alice: User, charlie: User) -> None:
    client.force_login(charlie)
    answer = client.post(reverse("people_refused"), {"identity": sheet(alice)["identity"], "to": "bob@hamburger.edu"})
    assert answer.status_code == 404


def test_who_was_never_refused_asks_nobody(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert reverse("people_refused") not in client.get(reverse("write")).content.decode()
