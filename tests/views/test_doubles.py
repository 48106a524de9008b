"""What looks like something else has a word of warning above the letter."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Contact, Folder
from tests.views.conftest import flat, lay, letter


@pytest.fixture(autouse=True)
def bob_is_known(alice: User) -> None:
    Contact.objects.create(user=alice, name="Bob Marlow", address="bob@hamburger.edu", written=3)


def page(browser: Client, inbox: Folder, sender: str, html: str = "<p>Hi.</p>") -> str:
    raw = letter("Pickles", sender=sender, text=html, Content_Type="text/html; charset=utf-8")
    placement = lay(inbox, raw)
    return flat(browser.get(f"/t/{placement.message.thread_id}/?in={inbox.pk}"))


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        (
            "Bob Marlow <bob@harnburger.edu>",
            "harnburger.edu, which looks like hamburger.edu and is another.",
        ),
        ("Bob <bob@xn--hmburger-16g.edu>", "which looks like hamburger.edu"),
        ("Shop <a@xn--pypal-4ve.com>", "The address ends with xn--pypal-4ve.com: its letters come from several alphabets."),
        ("Bob Marlow <bob@mustard.example>", "You know Bob Marlow by another address: bob@hamburger.edu."),
    ],
)
def test_a_double_of_somebody_known(browser: Client, inbox: Folder, sender: str, words: str) -> None:
    assert words in page(browser, inbox, sender)


@pytest.mark.parametrize("sender", ["Bob Marlow <bob@hamburger.edu>", "Noor <noor@mustard.example>", "Me <alice@crepes.fr>"])
def test_nothing_is_said_of_others(browser: Client, inbox: Folder, sender: str) -> None:
    assert "Look twice" not in page(browser, inbox, sender)


def test_a_link_that_says_another_host(browser: Client, inbox: Folder) -> None:
    html = '<p><a href="https://evil.example/x">www.paypal.com</a></p>'
    assert "A link says www.paypal.com and leads to evil.example." in page(browser, inbox, "Noor <noor@mustard.example>", html)
