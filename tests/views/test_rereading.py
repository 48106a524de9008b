"""A letter whose charset is told wrongly is read as its reader says, and stays so."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox import ingest
from mailbox.models import Access, Folder, Placement, SearchEntry
from tests.views.conftest import flat, lay

CYRILLIC = "Здравствуйте, огурцы готовы."
LETTER = b"From: Vera <vera@ogurets.example>\r\nSubject: Jars\r\nContent-Type: %s; charset=windows-1251\r\n\r\n%s\r\n"


@pytest.fixture
def letter(client: Client, alice: User, inbox: Folder) -> Placement:
    client.force_login(alice)
    return lay(inbox, LETTER % (b"text/plain", CYRILLIC.encode("koi8-r")))


def read_as(client: Client, letter: Placement, charset: str) -> int:
    address = reverse("letter_charset", args=[letter.message_id])
    return client.post(f"{address}?in={letter.folder_id}", {"charset": charset}).status_code


def page(client: Client, letter: Placement) -> str:
    return flat(client.get(reverse("thread", args=[letter.message.thread_id]), {"in": letter.folder_id}))


def test_it_sticks_on_the_page_in_the_list_and_in_the_search(client: Client, letter: Placement) -> None:
    assert CYRILLIC not in page(client, letter)
    assert read_as(client, letter, "koi8-r") == 302
    assert CYRILLIC in page(client, letter)
    letter.message.refresh_from_db()
    assert letter.message.snippet == CYRILLIC
    assert CYRILLIC in SearchEntry.objects.get().text


def test_back_to_what_the_letter_says(client: Client, letter: Placement) -> None:
    read_as(client, letter, "koi8-r")
    read_as(client, letter, "")
    assert CYRILLIC not in page(client, letter)


def test_html_too_and_whatever_does_not_fit(client: Client, alice: User, inbox: Folder) -> None:
    client.force_login(alice)
    letter = lay(inbox, LETTER % (b"text/html", b"<p>\xc7\xd1\xb1\xdb \xff</p>"))
    read_as(client, letter, "euc-kr")
    letter.message.refresh_from_db()
    assert "한글 \ufffd" in ingest.letter_of(letter.message).html


def test_what_is_no_encoding_is_refused(client: Client, letter: Placement) -> None:
    read_as(client, letter, "klingon")
    letter.message.refresh_from_db()
    assert letter.message.charset == ""


def test_who_may_only_read_leaves_it_as_it_is(client: Client, letter: Placement, bob: User) -> None:
    Access.objects.create(mailbox=letter.folder.mailbox, user=bob, role=Access.Role.READ)
    client.force_login(bob)
    read_as(client, letter, "koi8-r")
    letter.message.refresh_from_db()
    assert letter.message.charset == ""
