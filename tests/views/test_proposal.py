"""While the address is typed, the page says what it knows of the provider, and asks nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("alice@gmail.com", ["imap.gmail.com", "smtp.gmail.com", "app password"]),
        (" Alice@NAVER.com ", ["imap.naver.com", "Switch IMAP on", "app password"]),
        ("alice@163.com", ["imap.163.com", "code"]),
        ("alice@mailbox.org", ["imap.mailbox.org"]),
    ],
)
def test_what_is_known_is_said(client: Client, alice: User, address: str, said: list[str]) -> None:
    client.force_login(alice)
    page = client.get(reverse("mailbox_proposal"), {"address": address}).content.decode()
    assert [words for words in said if words not in page] == []


@pytest.mark.parametrize("address", ["", "alice@crepes.fr", "gmail.com", "<script>@x", "a" * 5000])
def test_of_others_nothing_is_said(client: Client, alice: User, address: str) -> None:
    client.force_login(alice)
    assert client.get(reverse("mailbox_proposal"), {"address": address}).content.decode().strip() == ""
