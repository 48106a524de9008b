"""A new password for servers that do not know the old one: it is tried first, and nothing else changes."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Access, Mailbox, Probe
from tests.conftest import make_mailbox


@pytest.fixture
def refused(client: Client, alice: User, alices: Mailbox) -> Mailbox:
    Mailbox.objects.update(state="sign_in", trouble="The mail server does not accept this name and password. It said: no")
    client.force_login(alice)
    return alices


def test_every_list_says_so_and_leads_there(client: Client, refused: Mailbox) -> None:
    page = client.get(reverse("inbox")).content.decode()
    assert "does not accept this name and password" in page
    assert reverse("mailbox_password", args=[refused.pk]) in page


def test_it_says_what_is_wrong_and_what_to_do(client: Client, refused: Mailbox) -> None:
    page = client.get(reverse("mailbox_password", args=[refused.pk])).content.decode()
    assert "It said: no" in page
    assert "app password" in page


def test_the_new_one_is_tried_at_the_same_servers(client: Client, refused: Mailbox) -> None:
    answer = client.post(reverse("mailbox_password", args=[refused.pk]), {"password": "a new one"})
    probe = Probe.objects.get()
    assert answer.headers["Location"] == reverse("probe", args=[probe.pk])
    assert (probe.mailbox, probe.incoming, probe.outgoing) == (refused, refused.incoming, refused.outgoing)
    assert probe.password() == "a new one"
    refused.refresh_from_db()
    assert refused.state == "sign_in"


def test_a_page_that_listens_shows_the_test_in_its_place(client: Client, refused: Mailbox) -> None:
    url = reverse("mailbox_password", args=[refused.pk])
    answer = client.post(url, {"password": "a new one"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="probe"' in answer
    assert "a new one" not in answer


def test_once_it_is_good_the_mailbox_goes_on(client: Client, refused: Mailbox) -> None:
    client.post(reverse("mailbox_password", args=[refused.pk]), {"password": "a new one"})
    Probe.objects.update(state="good")
    answer = client.post(reverse("probe_keep", args=[Probe.objects.get().pk]), follow=True)
    assert "The password is changed." in answer.content.decode()
    refused.refresh_from_db()
    assert (refused.state, refused.trouble, refused.trouble_since) == ("new", "", None)
    assert refused.credentials(refused.incoming_endpoint).password == "a new one"


def test_an_empty_one_is_asked_for_again(client: Client, refused: Mailbox) -> None:
    answer = client.post(reverse("mailbox_password", args=[refused.pk]), {"password": ""})
    assert answer.status_code == 422
    assert not Probe.objects.exists()


def test_only_the_owner_may(client: Client, alice: User, bob: User) -> None:
    shared = make_mailbox(bob)
    Access.objects.create(mailbox=shared, user=alice, role=Access.Role.FULL)
    client.force_login(alice)
    assert client.post(reverse("mailbox_password", args=[shared.pk]), {"password": "x"}).status_code == 403
