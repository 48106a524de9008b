"""Where a sent letter is: state, sentence, way and dialogue of each addressee, and buttons that do what they say."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Attempt, Draft, Mailbox, Outgoing, Recipient
from tests.views.writing import DOCK, keep, sheet

DIALOGUE = [
    [0.1, "S", "220 mx.hamburger.edu ESMTP"],
    [0.1, "C", "EHLO crepes.fr"],
    [0.2, "S", "250 mx.hamburger.edu"],
    [0.2, "C", "MAIL FROM:<alice@crepes.fr>"],
    [0.3, "S", "250 2.1.0 Ok"],
    [0.3, "C", "RCPT TO:<bob@hamburger.edu>"],
    [0.4, "S", "550 5.1.1 <bob@hamburger.edu>: <b>no such user</b>"],
    [0.5, "C", "QUIT"],
    [0.6, "S", "221 2.0.0 Bye"],
]


@pytest.fixture
def sent(client: Client, alice: User, alices: Mailbox) -> Outgoing:
    client.force_login(alice)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(alice))
    return Outgoing.objects.get()


def settle(sent: Outgoing, state: str, **facts: Any) -> Recipient:
    """Bob's row after a talk with his server."""
    sent.recipients.update(state=state, attempts=1, host="mx.hamburger.edu", **facts)
    recipient = sent.recipients.get()
    talk = {"host": "mx.hamburger.edu", "tls": "TLSv1.3", "phase": "done", "dialogue": DIALOGUE, "finished_at": timezone.now()}
    Attempt.objects.create(outgoing=sent, recipients=[recipient.pk], **talk)
    return recipient


def panel(client: Client, sent: Outgoing) -> str:
    return client.get(reverse("outgoing", args=[sent.pk]), headers={"HX-Request": "true"}).content.decode()


def test_a_refusal_is_said_in_words_with_its_way_and_its_dialogue(client: Client, sent: Outgoing) -> None:
    settle(sent, "failed", code=550, enhanced="5.1.1", reply="550 5.1.1 <bob@hamburger.edu>: <b>no such user</b>")
    page = panel(client, sent)
    assert "There is no mailbox called bob@hamburger.edu." in page
    for stop in (
        "Left crepes.fr",
        "Reached mx.hamburger.edu",
        "Connection protected with TLSv1.3",
        "Refused by mx.hamburger.edu",
    ):
        assert stop in page
    assert page.count("550 5.1.1 &lt;bob@hamburger.edu&gt;: &lt;b&gt;no such user&lt;/b&gt;") == 2
    assert "<code>EHLO crepes.fr</code>" in page


STATES = [
    ("scheduled", 'data-at="1"', 'data-s="wait"', "Scheduled"),
    ("leased", 'data-at="2"', 'data-s="busy"', "Sending"),
    ("sent", 'data-at="3"', 'data-s="ok"', "Delivered"),
    ("failed", 'data-at="x"', 'data-s="bad"', "Not delivered"),
    ("unknown", 'data-at="x"', 'data-s="bad"', "Perhaps delivered"),
]


@pytest.mark.parametrize(("state", "at", "signal", "words"), STATES)
def test_each_state_has_its_track_its_signal_and_its_word(
    client: Client, sent: Outgoing, state: str, at: str, signal: str, words: str
) -> None:
    sent.recipients.update(state=state)
    page = panel(client, sent)
    assert all(part in page for part in (at, signal, words))


def test_what_waits_says_until_when(client: Client, alice: User, sent: Outgoing) -> None:
    at = timezone.now().replace(hour=8, minute=15)
    settle(sent, "deferred", code=451, next_at=at)
    assert "Trying again 08:15" in panel(client, sent)


def test_it_listens_until_nothing_changes_any_more(client: Client, sent: Outgoing) -> None:
    assert f'hx-trigger="live:outgoing-{sent.pk} from:body, live:poll from:body"' in panel(client, sent)
    sent.recipients.update(state="sent")
    assert "hx-trigger" not in panel(client, sent)


def test_try_now_tries_now(client: Client, sent: Outgoing) -> None:
    settle(sent, "deferred", next_at=timezone.now() + timedelta(hours=3))
    answer = client.post(reverse("outgoing_retry", args=[sent.pk]), headers=DOCK)
    assert 'class="delivery"' in answer.content.decode()
    assert sent.recipients.get().next_at <= timezone.now()


def test_stop_trying_stops(client: Client, sent: Outgoing) -> None:
    settle(sent, "deferred")
    assert client.post(reverse("outgoing_cancel", args=[sent.pk]))["Location"] == reverse("outgoing", args=[sent.pk])
    assert sent.recipients.get().state == "cancelled"


def test_correct_and_resend_is_a_draft_to_those_who_missed_it(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, to="Bob <bob@hamburger.edu>, kim@jangdok.example", bcc="noor@buckwheat.example")
    upload = draft.uploads.create(name="jars.csv", content_type="text/csv", size=6)
    upload.chunks.create(number=0, data=b"jars,3")
    client.post(reverse("draft_send", args=[draft.key]), sheet(alice, to=draft.to, bcc=draft.bcc, revision=1))
    sent = Outgoing.objects.get()
    sent.recipients.exclude(address="kim@jangdok.example").update(state="failed")
    sent.recipients.filter(address="kim@jangdok.example").update(state="sent")
    client.post(reverse("outgoing_correct", args=[sent.pk]))
    again = Draft.objects.open().get()
    assert (again.to, again.bcc) == ("Bob <bob@hamburger.edu>", "noor@buckwheat.example")
    assert (again.subject, again.text, again.identity) == (draft.subject, draft.text, draft.identity)
    assert (again.uploads.get().name, again.uploads.get().read()) == ("jars.csv", b"jars,3")


DEEDS = ["outgoing_undo", "outgoing_retry", "outgoing_cancel", "outgoing_correct"]


@pytest.mark.parametrize("name", DEEDS)
def test_who_may_only_read_sees_but_changes_nothing(client: Client, sent: Outgoing, bob: User, name: str) -> None:
    settle(sent, "deferred")
    Access.objects.create(mailbox=sent.mailbox, user=bob, role=Access.Role.READ)
    client.force_login(bob)
    assert "<button" not in panel(client, sent)
    assert client.post(reverse(name, args=[sent.pk])).status_code == 403
    assert sent.recipients.get().state == "deferred"


@pytest.mark.parametrize("name", ["outgoing", *DEEDS])
def test_a_stranger_finds_nothing(client: Client, sent: Outgoing, charlie: User, name: str) -> None:
    client.force_login(charlie)
    ask = client.get if name == "outgoing" else client.post
    assert ask(reverse(name, args=[sent.pk])).status_code == 404


def test_a_draft_that_was_sent_leads_to_its_letter(client: Client, sent: Outgoing) -> None:
    assert client.get(reverse("draft", args=[Draft.objects.get().key]))["Location"] == reverse("outgoing", args=[sent.pk])
