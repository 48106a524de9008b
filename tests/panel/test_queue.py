"""Operators look after the queue: they see who waits and why, never what a letter says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from mailbox.models import Mailbox, Recipient, Site
from mailbox.outbox import claims, posting, sweeping
from mailbox.outbox.rules import Rules
from mailbox.outbox.words import sentence
from tests.panel.conftest import State, waiting
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/panel/queue/"
DEED = "/panel/queue/deed/"


def state(recipient: Recipient) -> str:
    recipient.refresh_from_db()
    return recipient.state


def test_each_state_stands_on_its_shelf(panel: Client, alices: Mailbox) -> None:
    shelves = {"waiting": State.DEFERRED, "sending": State.LEASED, "held": State.UNKNOWN, "failed": State.FAILED}
    for name, one in shelves.items():
        waiting(alices, f"{name}@mill.example", one)
    for name in shelves:
        page = flat(panel.get(PAGE, {"show": name}))
        assert [other for other in shelves if f"{other}@mill.example" in page] == [name]


def test_no_word_of_the_letter_is_shown(panel: Client, alices: Mailbox) -> None:
    waiting(alices, "one@mill.example")
    page = flat(panel.get(PAGE))
    assert "one@mill.example" in page
    assert not any(word in page for word in ("Pickles", "brine"))


@pytest.mark.parametrize("words", ["mill.example", "ALICE@crepes", "one@"])
def test_it_is_found_by_either_end(panel: Client, alices: Mailbox, words: str) -> None:
    waiting(alices, "one@mill.example")
    assert "one@mill.example" in flat(panel.get(PAGE, {"q": words}))
    assert "Nothing here matches." in flat(panel.get(PAGE, {"q": "nobody"}))


@pytest.mark.parametrize("words", ["\0", "%", "' OR 1=1 --", "9" * 40, "x" * 5000, "²", "\u202e"])
def test_odd_words_find_nothing_and_break_nothing(panel: Client, alices: Mailbox, words: str) -> None:
    assert panel.get(PAGE, {"q": words, "host": words, "page": words}).status_code == 200


def test_retry_is_now(panel: Client, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example", State.FAILED)
    panel.post(DEED, {"do": "retry", "show": "failed", "id": one.pk})
    assert state(one) == State.QUEUED
    assert one.done_at is None


def test_retry_looks_at_a_dead_site_at_once(panel: Client, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example", site="mill.example")
    Site.objects.create(key="mill.example", failures=3, dead_until=timezone.now() + timedelta(minutes=9))
    panel.post(DEED, {"do": "retry", "id": one.pk})
    assert claims.due_sites() == ["mill.example"]


def test_what_an_operator_holds_stays_held(panel: Client, alices: Mailbox, alice: User) -> None:
    """The sweep, a new password and the sender do not free it."""
    one = waiting(alices, "one@mill.example")
    panel.post(DEED, {"do": "hold", "id": one.pk})
    sweeping.release()
    posting.retry(one.outgoing, alice)
    assert state(one) == State.HELD
    assert sentence(one) == "An operator of this house holds the letter. Ask them why."
    panel.post(DEED, {"do": "retry", "show": "held", "id": one.pk})
    assert (state(one), one.stopped) == (State.QUEUED, False)


def test_stopping_is_told_on_the_letter(panel: Client, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example")
    panel.post(DEED, {"do": "cancel", "id": one.pk})
    assert state(one) == State.CANCELLED
    assert "an operator of this house stopped it" in sentence(one)


def test_all_means_all_that_the_page_lists(panel: Client, alices: Mailbox) -> None:
    here, there = waiting(alices, "one@mill.example"), waiting(alices, "two@other.example")
    panel.post(DEED, {"do": "hold", "all": "1", "q": "mill.example"})
    assert (state(here), state(there)) == (State.HELD, State.DEFERRED)


def test_one_that_is_being_sent_is_left_alone(panel: Client, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example", State.LEASED)
    answer = panel.post(DEED, {"do": "cancel", "id": one.pk}, follow=True)
    assert state(one) == State.LEASED
    assert "Nothing was changed" in flat(answer)


def test_a_deed_that_is_none(panel: Client, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example")
    assert "Choose what to do" in flat(panel.post(DEED, {"do": "expunge", "id": [one.pk, "x", ""]}, follow=True))


def test_a_keeper_reaches_their_domain_alone(keeper: User, alices: Mailbox, bobs: Mailbox) -> None:
    own, other = waiting(alices, "own@mill.example"), waiting(bobs, "other@mill.example")
    client = signed_in(keeper)
    page = flat(client.get(PAGE))
    assert ("own@mill.example" in page, "other@mill.example" in page) == (True, False)
    client.post(DEED, {"do": "cancel", "id": [own.pk, other.pk]})
    client.post(DEED, {"do": "cancel", "all": "1"})
    assert (state(own), state(other)) == (State.CANCELLED, State.DEFERRED)


def test_what_was_done_is_written_down(panel: Client, alices: Mailbox, operator: User) -> None:
    one = waiting(alices, "one@mill.example")
    panel.post(DEED, {"do": "retry", "id": one.pk})
    event = AuditEvent.objects.get(kind="letters_retried")
    assert (event.actor, event.facts, event.address) == (operator.email, {"count": 1}, "127.0.0.1")


def test_a_duty_that_is_taken_away_ends_at_once(operator: User, alices: Mailbox) -> None:
    client, one = signed_in(operator), waiting(alices, "one@mill.example")
    assert client.get(PAGE).status_code == 200
    operator.take_duty("")
    assert client.post(DEED, {"do": "cancel", "id": one.pk}).status_code == 404
    assert state(one) == State.DEFERRED


def test_the_rules_sweep_knows_nothing_of_it(alices: Mailbox) -> None:
    """An operator's hold has an owner: it ends with the letter's life, as every hold does."""
    one = waiting(alices, "one@mill.example", State.HELD, stopped=True)
    type(one.outgoing).objects.update(expires_at="2020-01-01T00:00Z")
    sweeping.give_up()
    assert state(one) == State.FAILED
    assert reverse("panel_queue") == PAGE
    assert Rules()
