"""A person writes as another address, once they have read the code that was sent to it (C-106)."""

import re

import pytest
from django.test import Client

from mailbox.models import AddressClaim, Identity, Mailbox, Outgoing, Recipient
from mailbox.outbox import identities
from tests.views.conftest import flat

pytestmark = pytest.mark.django_db
ADDRESS = "orders@crepes.fr"


def url(mailbox: Mailbox, deed: str = "address/") -> str:
    return f"/mailboxes/{mailbox.pk}/{deed}"


def ask(browser: Client, mailbox: Mailbox, address: str = ADDRESS) -> str:
    return flat(browser.post(url(mailbox), {"address": address, "name": "Orders"}, follow=True))


def code_sent() -> str:
    found = re.search(rb"Subject: (\d{8}) is your code", Outgoing.objects.get().letter())
    assert found
    return found[1].decode()


def prove(browser: Client, mailbox: Mailbox, code: str) -> str:
    claim = AddressClaim.objects.get()
    return flat(browser.post(url(mailbox, f"address/{claim.pk}/prove/"), {"code": code}, follow=True))


def test_the_code_goes_to_the_address_and_makes_it_theirs(browser: Client, alices: Mailbox) -> None:
    assert f"Code from the letter to {ADDRESS}" in ask(browser, alices)
    assert Recipient.objects.get().address == ADDRESS
    assert "You can write as orders@crepes.fr now." in prove(browser, alices, f" {code_sent()[:4]} {code_sent()[4:]}")
    assert Identity.objects.get(address=ADDRESS).name == "Orders"
    assert "alice@crepes.fr may write as orders@crepes.fr" in flat(browser.get(url(alices, "")))


def test_a_wrong_code_is_worth_nothing_and_not_many_are_tried(browser: Client, alices: Mailbox) -> None:
    ask(browser, alices)
    for _ in range(identities.TRIES - 1):
        words = prove(browser, alices, "1")
    assert "That is not the code." in words
    AddressClaim.objects.update(tries=identities.TRIES)
    with pytest.raises(identities.CannotClaim, match="no longer good"):
        identities.prove(AddressClaim.objects.get(), code_sent())
    assert not Identity.objects.filter(address=ADDRESS).exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("alice@crepes.fr", "You write as alice@crepes.fr already."),
        ("nobody", "This is not an email address."),
        ("a@b.example\r\nBcc: c@d.example", "This is not an email address."),
        ("ceo@hamburger.edu", "may be signed for crepes.fr alone"),
    ],
)
def test_what_cannot_be_is_said(browser: Client, alices: Mailbox, address: str, words: str) -> None:
    assert words in ask(browser, alices, address)
    assert (AddressClaim.objects.exists(), Outgoing.objects.exists()) == (False, False)


def test_one_code_at_a_time(browser: Client, alices: Mailbox) -> None:
    ask(browser, alices)
    assert "A code is under way already." in ask(browser, alices)


def test_an_address_is_taken_away_but_not_the_mailboxes_own(browser: Client, alices: Mailbox) -> None:
    other = Identity.objects.create(mailbox=alices, address=ADDRESS)
    own = Identity.objects.get(address="alice@crepes.fr")
    browser.post(url(alices, f"identity/{other.pk}/remove/"))
    assert browser.post(url(alices, f"identity/{own.pk}/remove/")).status_code == 404
    assert list(Identity.objects.all()) == [own]
