"""Undo: the draft comes back as it was, while nobody has taken the letter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mailbox.forms.when import PICKED
from mailbox.models import Access, Draft, Identity, Mailbox, Outgoing, Recipient
from tests.outbox.letters import attach
from tests.views.writing import DOCK, keep, sheet


@pytest.fixture
def sent(client: Client, alice: User, alices: Mailbox) -> Outgoing:
    """A letter that Alice has just sent."""
    client.force_login(alice)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, cc="kim@jangdok.example", bcc="noor@buckwheat.example"))
    return Outgoing.objects.get()


def test_the_draft_is_back_as_it_was(client: Client, sent: Outgoing) -> None:
    answer = client.post(reverse("outgoing_undo", args=[sent.pk]))
    draft = Draft.objects.open().get()
    assert answer["Location"] == reverse("draft", args=[draft.key])
    assert (draft.to, draft.cc, draft.bcc) == ("bob@hamburger.edu", "kim@jangdok.example", "noor@buckwheat.example")
    assert draft.text == "How about pickles?\n김치도 좋아합니다."
    assert set(sent.recipients.values_list("state", flat=True)) == {"cancelled"}


def test_over_the_list_the_sheet_opens_again(client: Client, sent: Outgoing) -> None:
    answer = client.post(reverse("outgoing_undo", args=[sent.pk]), headers=DOCK)
    assert 'class="compose compose-dock"' in answer.content.decode()
    assert answer.context["form"]["subject"].value() == "Do you like ketchup?"


def test_after_undo_it_can_be_sent_again(client: Client, alice: User, sent: Outgoing) -> None:
    client.post(reverse("outgoing_undo", args=[sent.pk]))
    draft = Draft.objects.open().get()
    client.post(reverse("draft_send", args=[draft.key]), sheet(alice, revision=draft.revision, text="Better words"))
    again = Outgoing.objects.latest("pk")
    assert again != sent
    assert again.recipients.get().state == "scheduled"


@pytest.mark.parametrize("state", ["leased", "sent", "failed", "unknown"])
def test_too_late_is_said_and_changes_nothing(client: Client, sent: Outgoing, state: str) -> None:
    Recipient.objects.filter(address="bob@hamburger.edu").update(state=state, attempts=1)
    answer = client.post(reverse("outgoing_undo", args=[sent.pk]))
    assert answer["Location"] == reverse("outgoing", args=[sent.pk])
    assert "Too late" in str(next(iter(get_messages(answer.wsgi_request))))
    assert not Draft.objects.open().exists()


def test_over_the_list_too_late_is_a_toast_and_the_sheet_stays(client: Client, sent: Outgoing) -> None:
    sent.recipients.update(state="sent")
    answer = client.post(reverse("outgoing_undo", args=[sent.pk]), headers=DOCK)
    assert answer["HX-Reswap"] == "none"
    assert "Too late" in answer.content.decode()


def test_a_stranger_finds_nothing_and_a_reader_may_not(client: Client, sent: Outgoing, bob: User, charlie: User) -> None:
    Access.objects.create(mailbox=sent.mailbox, user=bob, role=Access.Role.READ)
    client.force_login(bob)
    assert client.post(reverse("outgoing_undo", args=[sent.pk])).status_code == 403
    client.force_login(charlie)
    assert client.post(reverse("outgoing_undo", args=[sent.pk])).status_code == 404
    assert not Draft.objects.open().exists()


CHOICES = {
    "cc": "kim@jangdok.example",
    "bcc": "noor@buckwheat.example",
    "notify": "1",
    "html": "<p><strong>How</strong> about pickles?</p>",
}


def test_every_choice_is_back(client: Client, alice: User, alices: Mailbox) -> None:
    other = Identity.objects.create(mailbox=alices, address="orders@crepes.fr", name="Orders")
    client.force_login(alice)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, identity=other.pk, **CHOICES))
    answer = client.post(reverse("outgoing_undo", args=[Outgoing.objects.get().pk]), headers=DOCK)
    form = answer.context["form"]
    back = {name: form[name].value() for name in ("identity", "to", "cc", "bcc", "subject", "html", "notify")}
    assert back == {"identity": other.pk, "to": "bob@hamburger.edu", "subject": "Do you like ketchup?", **CHOICES, "notify": True}


def test_the_chosen_time_is_back(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    at = (timezone.localtime() + timedelta(days=2)).strftime(PICKED)
    client.post(reverse("draft_schedule", args=[uuid4()]), sheet(alice, when=at))
    answer = client.post(reverse("outgoing_undo", args=[Outgoing.objects.get().pk]), headers=DOCK)
    assert f'value="{at}"' in answer.content.decode()


def test_files_are_back(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    attach(draft, "jars.csv", b"jars,3")
    client.post(reverse("draft_send", args=[draft.key]), sheet(alice, revision=1))
    client.post(reverse("outgoing_undo", args=[Outgoing.objects.get().pk]))
    assert [one.name for one in Draft.objects.open().get().uploads.files()] == ["jars.csv"]


def test_the_tick_is_kept_with_the_draft(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert keep(client, alice, notify="1").notify
