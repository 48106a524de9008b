"""The rows of the sent folder: where each letter is, in a few words."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from mailbox.models import Mailbox, Outgoing
from mailbox.views.sent import whereabouts
from tests.outbox.letters import file
from tests.views.writing import arrive, sheet

EVERYBODY = "bob@hamburger.edu, kim@jangdok.example, noor@buckwheat.example, camile@hamburger.edu"
WORDS = {
    "one, waiting": (["scheduled"], "Scheduled", "wait"),
    "one, on its way": (["leased"], "Sending", "busy"),
    "one, there": (["sent"], "Delivered", "ok"),
    "one, refused": (["failed"], "Not delivered", "bad"),
    "one, nobody knows": (["unknown"], "Perhaps delivered", "bad"),
    "all there": (["sent", "sent", "sent", "sent"], "Delivered to 4", "ok"),
    "one of four refused": (["failed", "sent", "leased", "deferred"], "1 of 4 not delivered", "bad"),
    "one still tried": (["deferred", "sent", "sent", "sent"], "Trying again 08:15", "wait"),
}


def send(client: Client, user: User, states: list[str]) -> Outgoing:
    """A letter to so many people, in these states."""
    client.force_login(user)
    to = ", ".join(EVERYBODY.split(", ")[: len(states)])
    client.post(reverse("draft_send", args=[uuid4()]), sheet(user, to=to, text="Thursday at two"))
    outgoing = file(Outgoing.objects.latest("pk"))
    at = timezone.now().replace(hour=8, minute=15)
    for recipient, state in zip(outgoing.recipients.order_by("pk"), states, strict=True):
        outgoing.recipients.filter(pk=recipient.pk).update(state=state, next_at=at)
    return outgoing


@pytest.mark.parametrize(("states", "words", "tone"), WORDS.values(), ids=WORDS)
def test_a_row_says_where_its_letter_is(
    client: Client, alice: User, alices: Mailbox, states: list[str], words: str, tone: str
) -> None:
    outgoing = send(client, alice, states)
    assert outgoing.filed
    found = whereabouts([outgoing.filed.thread_id])[outgoing.filed.thread_id]
    assert (found.words, found.tone) == (words, tone)
    page = client.get(reverse("folder", args=[alices.folders.get(role="sent").pk])).content.decode()
    assert words in page
    assert "Thursday at two" not in page.partition('class="snip"')[2].partition("</li>")[0]


def test_a_letter_that_another_program_sent_shows_its_first_words(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    arrive(alices, b"From: alice@crepes.fr\r\nTo: bob@hamburger.edu\r\n\r\nFrom my telephone\r\n", "sent")
    assert "From my telephone" in client.get(reverse("folder", args=[alices.folders.get(role="sent").pk])).content.decode()


def test_where_nothing_was_sent_nothing_is_asked(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert whereabouts([]) == {}
