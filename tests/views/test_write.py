"""A letter begins: an empty sheet, an answer, a forward; and nothing is kept by looking."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Access, Draft, Identity, Mailbox, Message
from tests.views.writing import DOCK, arrive, keep


def test_an_empty_sheet_is_shown_and_nothing_is_kept(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.get(reverse("write"), {"to": "bob@hamburger.edu"})
    assert answer.status_code == 200
    assert answer.context["form"]["to"].value() == "bob@hamburger.edu"
    assert not Draft.objects.exists()


def test_over_the_list_it_is_only_the_sheet(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    page = client.get(reverse("write"), headers=DOCK).content.decode()
    assert 'class="compose compose-dock"' in page
    assert "<html" not in page


def test_a_reply_is_addressed_and_quoted(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    form = client.get(reverse("write"), {"reply": arrive(alices).pk}).context["form"]
    assert form["to"].value() == "Bob Marlow <bob@hamburger.edu>"
    assert form["cc"].value() == ""
    assert form["subject"].value() == "Re: Pickles"
    assert "\n> Pickles, yes." in form["text"].value()
    assert not Draft.objects.exists()


def test_a_reply_to_all_reaches_the_others(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    form = client.get(reverse("write"), {"reply_all": arrive(alices).pk}).context["form"]
    assert form["cc"].value() == "김하늘 <haneul@jangdok.example>, camille@crepes.fr"


def test_a_forward_offers_the_files(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.get(reverse("write"), {"forward": arrive(alices).pk})
    assert [(part.name, chosen) for part, chosen in answer.context["carried"]] == [("jars.csv", True)]
    assert "Pickles, yes." in answer.context["form"]["text"].value()
    assert answer.context["form"]["to"].value() == ""


def test_a_forward_carries_the_files_once_it_is_kept(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    about = arrive(alices)
    answer = client.get(reverse("write"), {"forward": about.pk})
    path = answer.context["carried"][0][0].path
    draft = keep(client, alice, answer.context["key"], kind="forward", about=about.pk, carry=[path])
    upload = draft.uploads.get()
    assert (upload.name, upload.content_type, upload.read().strip()) == ("jars.csv", "text/csv", b"jars,3")


def test_a_forward_leaves_out_a_file_that_is_not_wanted(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert not keep(client, alice, kind="forward", about=arrive(alices).pk).uploads.exists()


def test_a_forward_says_when_there_is_only_the_head_of_the_letter(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    about = arrive(alices)
    Message.objects.update(reader_version=0)
    assert "Only the head of that letter is here" in client.get(reverse("write"), {"forward": about.pk}).content.decode()


def test_a_reply_begun_before_goes_on(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    about = arrive(alices)
    begun = keep(client, alice, kind="reply", about=about.pk, text="Half a sentence")
    answer = client.get(reverse("write"), {"reply": about.pk})
    assert answer.context["key"] == begun.key
    assert answer.context["form"]["text"].value() == "Half a sentence"


@pytest.mark.parametrize("number", ["0", "x", "", "99999999999999999999", "²"])
def test_an_answer_to_no_letter_is_not_found(client: Client, alice: User, alices: Mailbox, number: str) -> None:
    client.force_login(alice)
    assert client.get(reverse("write"), {"reply": number}).status_code == 404


def test_a_strangers_letter_cannot_be_answered(client: Client, charlie: User, alices: Mailbox) -> None:
    client.force_login(charlie)
    assert client.get(reverse("write"), {"reply": arrive(alices).pk}).status_code == 404


def test_who_may_only_read_is_told_so(client: Client, charlie: User, alices: Mailbox) -> None:
    Access.objects.create(mailbox=alices, user=charlie, role=Access.Role.READ)
    client.force_login(charlie)
    assert "no address to write from" in client.get(reverse("write")).content.decode()


def test_the_answer_comes_from_the_address_written_to(client: Client, alice: User, alices: Mailbox) -> None:
    Identity.objects.create(mailbox=alices, name="Orders", address="commandes@crepes.fr")
    client.force_login(alice)
    about = arrive(alices, b"From: bob@hamburger.edu\r\nTo: commandes@crepes.fr\r\nSubject: An order\r\n\r\nThree jars\r\n")
    form = client.get(reverse("write"), {"reply": about.pk}).context["form"]
    assert Identity.objects.get(pk=form["identity"].value()).address == "commandes@crepes.fr"


def test_the_signature_is_there_the_first_time_only(client: Client, alice: User, alices: Mailbox) -> None:
    alices.identities.update(signature="Alice, Crêperie")
    client.force_login(alice)
    about = arrive(alices)
    assert "-- \nAlice, Crêperie" in client.get(reverse("write"), {"reply": about.pk}).context["form"]["text"].value()
    own = b"From: alice@crepes.fr\r\nSubject: Re: Pickles\r\nIn-Reply-To: <pickles@hamburger.edu>\r\n\r\nGood\r\n"
    assert arrive(alices, own, "sent").thread_id == about.thread_id
    assert "Crêperie" not in client.get(reverse("write"), {"reply": about.pk}).context["form"]["text"].value()


def test_a_name_with_a_comma_is_quoted(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    about = arrive(alices, b'From: "Marlow, Bob" <bob@hamburger.edu>\r\nTo: alice@crepes.fr\r\n\r\nHi\r\n')
    assert client.get(reverse("write"), {"reply": about.pk}).context["form"]["to"].value() == '"Marlow, Bob" <bob@hamburger.edu>'


def test_who_is_signed_out_signs_in_first(client: Client, db: None) -> None:
    assert reverse("account_login") in client.get(reverse("write"))["Location"]
