"""The Send button: once, as oneself, to addresses that can be addresses; and whatever is wrong, nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from mailbox.models import Access, Contact, Draft, Mailbox, Outgoing, Posted
from tests.views.writing import DOCK, keep, sheet


def test_a_letter_goes_to_the_queue(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, cc="Kim <kim@jangdok.example>", bcc="spy@h.edu"))
    outgoing = Outgoing.objects.get()
    assert answer["Location"] == reverse("outgoing", args=[outgoing.pk])
    found = {(one.address, one.kind) for one in outgoing.recipients.all()}
    assert found == {("bob@hamburger.edu", "to"), ("kim@jangdok.example", "cc"), ("spy@h.edu", "bcc")}
    assert Draft.objects.get().sent_at


def test_who_wants_to_know_when_it_arrives_says_so(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert 'name="notify"' in client.get(reverse("write")).content.decode()
    for asked in ({}, {"notify": "1"}):
        client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, **asked))
    assert [one.notify for one in Outgoing.objects.order_by("pk")] == [False, True]


def test_over_the_list_the_sheet_closes_and_a_toast_offers_undo(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, place="dock"), headers=DOCK).content.decode()
    assert '<section id="compose" hidden>' in answer
    assert 'data-seconds="10"' in answer
    assert reverse("outgoing_undo", args=[Outgoing.objects.get().pk]) in answer


def test_on_a_page_of_its_own_it_goes_on_to_the_delivery(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, place="page"), headers=DOCK)
    assert answer["HX-Redirect"] == reverse("outgoing", args=[Outgoing.objects.get().pk])


def test_sent_twice_it_goes_once_and_both_hear_the_same(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    url, page = reverse("draft_send", args=[uuid4()]), sheet(alice)
    first, second = client.post(url, page), client.post(url, page)
    assert first["Location"] == second["Location"]
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_by_eight_at_once_it_goes_once(alice: User, alices: Mailbox) -> None:
    url, page, together = reverse("draft_send", args=[uuid4()]), sheet(alice), Barrier(8)

    def press(_: int) -> str:
        client = Client()
        client.force_login(alice)
        together.wait()
        try:
            return client.post(url, page)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        assert len(set(people.map(press, range(8)))) == 1
    assert Outgoing.objects.count() == Draft.objects.count() == 1


def test_other_words_after_sending_are_not_called_sent(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    url = reverse("draft_send", args=[uuid4()])
    client.post(url, sheet(alice))
    answer = client.post(url, sheet(alice, text="One more thing"))
    assert answer.status_code == 409
    assert "already been sent" in answer.content.decode()
    assert answer.context["form"]["text"].value() == "One more thing"
    assert Outgoing.objects.count() == 1


def test_another_page_with_older_words_does_not_send(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, text="newer")
    answer = client.post(reverse("draft_send", args=[draft.key]), sheet(alice, text="older"))
    assert answer.status_code == 409
    assert not Outgoing.objects.exists()


WRONG = {
    "nobody": ({"to": ""}, "to", "Write at least one address."),
    "no address": ({"to": "bob"}, "to", "“bob” is not an email address. Write it like name@example.com."),
    "a broken one among good ones": ({"to": "bob@h.edu, kim@"}, "to", "“kim@” is not an email address."),
    "a broken Cc": ({"cc": "kim at jangdok.example"}, "cc", "is not an email address."),
    "no comma": ({"to": "Bob <bob@h.edu> kim@h.edu"}, "to", "before and after “kim@h.edu”"),
    "a broken Bcc": ({"bcc": "@"}, "bcc", "is not an email address."),
    "an address with a line break": ({"to": "bob@h.edu\r\nBcc: spy@h.edu"}, "to", "Addresses stand on one line"),
    "an address with NEL": ({"to": "bob@h.edu\u0085Bcc: spy@h.edu"}, "to", "Addresses stand on one line"),
    "an address with U+2028": ({"cc": "bob@h.edu\u2028spy@h.edu"}, "cc", "Addresses stand on one line"),
    "six hundred addresses": (
        {"to": ", ".join(f"b{number}@h.edu" for number in range(600))},
        "to",
        "A letter can go to 500 addresses at most.",
    ),
    "a hundred thousand addresses": (
        {"bcc": ", ".join(f"b{number}@h.edu" for number in range(100_000))},
        "bcc",
        "A letter can go to 500 addresses at most.",
    ),
    "a subject with a line break": (
        {"subject": "Hi\r\nBcc: spy@h.edu"},
        "subject",
        "A subject is one line. Take the line break out.",
    ),
    "a subject with a hidden line break": ({"subject": "Hi\u2028there"}, "subject", "A subject is one line."),
    "a subject with NEL": ({"subject": "Hi\u0085there"}, "subject", "A subject is one line."),
    "a subject with NUL": ({"subject": "Hi\0there"}, "subject", "Null characters are not allowed."),
    "no sender": ({"identity": ""}, "identity", "Choose the address to write from."),
}


@pytest.mark.parametrize(("wrong", "field", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_its_field(
    client: Client, alice: User, alices: Mailbox, wrong: dict[str, str], field: str, sentence: str
) -> None:
    client.force_login(alice)
    page = sheet(alice, **wrong)
    answer = client.post(reverse("draft_send", args=[uuid4()]), page)
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].errors[0] in answer.content.decode()
    assert all(answer.context["form"][name].value() == page[name] for name in ("to", "cc", "bcc", "subject", "text"))
    assert not Outgoing.objects.exists()


def test_a_letter_over_the_limit_is_said_and_kept(client: Client, alice: User, alices: Mailbox, settings: Settings) -> None:
    settings.LETTER_MAX = 10_000
    client.force_login(alice)
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, text="kimchi " * 3000))
    assert answer.status_code == 422
    assert not Outgoing.objects.exists()
    assert answer.context["form"]["text"].value() == "kimchi " * 3000


@pytest.mark.parametrize("role", [Access.Role.READ, None])
def test_who_may_not_send_does_not(client: Client, charlie: User, alices: Mailbox, role: str | None) -> None:
    if role:
        Access.objects.create(mailbox=alices, user=charlie, role=role)
    client.force_login(charlie)
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(charlie, identity=alices.identities.get().pk))
    assert answer.status_code == 422
    assert not Outgoing.objects.exists()


def test_who_may_send_for_a_shared_mailbox_does(client: Client, bob: User, alices: Mailbox) -> None:
    Access.objects.create(mailbox=alices, user=bob, role=Access.Role.SEND)
    client.force_login(bob)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(bob))
    assert Outgoing.objects.get().return_path == "alice@crepes.fr"


def test_whom_one_writes_to_is_remembered(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    for _ in range(2):
        client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, to="Bob Marlow <Bob@hamburger.edu>"))
    contact = Contact.objects.of(alice).get()
    assert (contact.name, contact.address, contact.written) == ("Bob Marlow", "bob@hamburger.edu", 2)


def test_what_is_not_closed_swallows_no_other_line(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, to="Bob <bob@hamburger.edu", cc="kim@h.edu", bcc="spy@h.edu"))
    addresses = {"bob@hamburger.edu", "kim@h.edu", "spy@h.edu"}
    assert set(Outgoing.objects.get().recipients.values_list("address", flat=True)) == addresses
    assert set(Contact.objects.of(alice).values_list("address", flat=True)) == addresses
    assert Posted.objects.get(user=alice).addressees == 3
