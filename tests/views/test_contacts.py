"""The address book: found, added to, changed, taken from, carried here from elsewhere and away again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from mailbox.models import Contact
from mailbox.outbox import people
from tests.views.conftest import flat

pytestmark = pytest.mark.django_db
BOOK = "/settings/contacts/"


@pytest.fixture
def bob_known(alice: User) -> Contact:
    return Contact.objects.create(user=alice, name="Bob Marlow", address="bob@hamburger.edu", written=3)


def take_in(browser: Client, data: bytes) -> str:
    file = SimpleUploadedFile("people.csv", data)
    return flat(browser.post(f"{BOOK}take-in/", {"file": file}, follow=True))


@pytest.mark.usefixtures("bob_known")
def test_who_is_known_is_listed_and_found(browser: Client) -> None:
    page = flat(browser.get(BOOK))
    assert "Bob Marlow" in page
    assert "3 letters written" in page
    assert "Bob Marlow" in flat(browser.get(BOOK, {"q": "hamburger marl"}))
    assert "Nobody of that name or address" in flat(browser.get(BOOK, {"q": "camille\0"}))


def test_somebody_is_added_and_offered(browser: Client) -> None:
    browser.post(f"{BOOK}add/", {"name": " 김철수 ", "address": "Kim@Jangdok.example"})
    assert Contact.objects.values_list("name", "address").get() == ("김철수", "kim@jangdok.example")
    assert "김철수" in flat(browser.get("/people/", {"q": "김"}))


def test_what_the_address_says_is_written_there(browser: Client) -> None:
    assert 'value="bob@hamburger.edu"' in flat(browser.get(f"{BOOK}add/?name=Bob&address=bob@hamburger.edu"))


@pytest.mark.usefixtures("bob_known")
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("Bob@hamburger.edu", "among your contacts already"),
        ("bob@", "no e-mail address"),
        ("", "required"),
        ("a\0b@hamburger.edu", "Null characters"),
    ],
)
def test_what_cannot_be_is_said_and_kept_in_the_field(browser: Client, address: str, sentence: str) -> None:
    answer = browser.post(f"{BOOK}add/", {"name": "Robert", "address": address})
    assert answer.status_code == 422
    page = flat(answer)
    assert sentence in page
    assert 'value="Robert"' in page


def test_somebody_is_changed_and_removed(browser: Client, bob_known: Contact) -> None:
    browser.post(f"{BOOK}{bob_known.pk}/", {"name": "Robert", "address": "bob@hamburger.edu"})
    bob_known.refresh_from_db()
    assert (bob_known.name, bob_known.written) == ("Robert", 3)
    assert "no longer among your contacts" in flat(browser.post(f"{BOOK}{bob_known.pk}/remove/", follow=True))
    assert not Contact.objects.exists()


def test_a_file_brings_who_is_not_here_yet(browser: Client, bob_known: Contact) -> None:
    page = take_in(browser, "Name,E-mail\nAnother Bob,BOB@hamburger.edu\n김철수,kim@jangdok.example\n".encode("cp949"))
    assert "1 new contact" in page
    assert "김철수" in page
    bob_known.refresh_from_db()
    assert bob_known.name == "Bob Marlow"


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"nobody", "Nobody with an address is in this file"), (b"x" * (5 << 20 | 1), "too large")]
)
def test_a_file_that_is_none_is_refused_in_words(browser: Client, data: bytes, sentence: str) -> None:
    assert sentence in take_in(browser, data)


def test_no_file_is_said_too(browser: Client) -> None:
    assert "Choose a file first." in flat(browser.post(f"{BOOK}take-in/", follow=True))


@pytest.mark.usefixtures("bob_known")
def test_all_are_given_away_as_one_file(browser: Client) -> None:
    answer = browser.get(f"{BOOK}contacts.vcf")
    assert b"FN:Bob Marlow\r\n" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming answer
    assert answer["Content-Disposition"] == 'attachment; filename="contacts.vcf"'


@pytest.mark.usefixtures("bob_known")
def test_nobody_sees_anothers_contacts(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert "Bob" not in flat(client.get(BOOK))


def test_who_finds_no_room_is_counted(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST", 2)
    file = b"Name,E-mail\nBob,b@hamburger.edu\n,b@hamburger.edu\nCamille,c@crepes.fr\nDora,d@crepes.fr\n"
    page = take_in(browser, file)
    assert "2 new contacts" in page
    assert "There was no room for 1 more." in page
    assert Contact.objects.get(address="b@hamburger.edu").name == "Bob"
