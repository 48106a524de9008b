"""Where a letter is, in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailbox.models import Mailbox, Recipient
from mailbox.outbox import relay
from mailbox.outbox.fate import TONES, fate
from mailbox.outbox.words import sentence
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import only, post


def test_it_counts_the_addressees_and_puts_the_worst_first(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"carol@hamburger.edu": "450 4.7.1 later", "dan@hamburger.edu": "550 5.1.1 unknown"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu, dan@hamburger.edu, kim@nowhere.invalid")
    outgoing.recipients.filter(address__startswith="kim").update(state="leased")
    relay.deliver(outgoing.pk)
    told = fate(outgoing)
    assert told.line == "1 delivered, 1 on its way, 1 waiting, 1 failed"
    assert [one.address.partition("@")[0] for one in told.destinations] == ["dan", "carol", "kim", "bob"]
    assert [(one.tone, one.stop) for one in told.destinations] == [("bad", "x"), ("wait", "1"), ("busy", "2"), ("ok", "3")]
    assert (told.state, told.may_retry, told.may_cancel, told.is_final) == ("failed", True, True, False)


def test_a_letter_that_can_be_undone_says_until_when(alices: Mailbox) -> None:
    outgoing = post(alices, after=timedelta(seconds=10))
    assert fate(outgoing).undo_until == outgoing.not_before
    assert fate(post(alices)).undo_until is None


def test_the_dialogue_can_be_read(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    told = fate(outgoing)
    dialogue = told.destinations[0].tries[0].dialogue
    assert (dialogue[0].who, dialogue[0].text[:3]) == ("S", "220")
    assert told.is_final
    assert told.destinations[0].sentence == "mx.hamburger.edu accepted the letter for bob@hamburger.edu."


def test_it_costs_the_same_for_many(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, ", ".join(f"a{n}@hamburger.edu" for n in range(60)))
    relay.deliver(outgoing.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(fate(outgoing).destinations) == 60
    assert len(queries) <= 4


def test_every_state_has_its_words_and_its_colour() -> None:
    for state in Recipient.State:
        assert sentence(Recipient(address="bob@hamburger.edu", state=state, reply="", code=None))
        assert state in TONES


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "sent", "host": "mx.h.edu", "name": "Bob"}, "mx.h.edu accepted the letter for Bob."),
        ({"state": "failed", "code": 550, "enhanced": "5.1.1"}, "There is no mailbox called bob@h.edu."),
        ({"state": "failed", "code": 552, "enhanced": "5.2.2"}, "The mailbox of bob@h.edu is full."),
        ({"state": "failed", "code": 552, "enhanced": "5.3.4"}, "The letter is larger than h.edu takes."),
        ({"state": "failed", "code": 554, "enhanced": "5.7.1", "host": "mx"}, "mx refused the letter because of its own rules."),
        ({"state": "failed", "code": 556, "enhanced": "5.1.10"}, "h.edu does not take mail."),
        ({"state": "failed", "code": 550, "host": "mx"}, "mx does not take letters for bob@h.edu."),
        ({"state": "failed", "code": 554, "host": "mx"}, "mx refused the letter."),
        ({"state": "failed", "trouble": "100% wrong."}, "100% wrong."),
        ({"state": "failed", "code": 451}, "h.edu did not take the letter as long as we tried, and we have stopped."),
        (
            {"state": "deferred", "code": 451, "attempts": 1},
            "h.edu asked us to come back later. This is normal for a first letter.",
        ),
        ({"state": "deferred", "code": 451, "attempts": 5}, "h.edu cannot take the letter now."),
        ({"state": "deferred", "code": 452, "attempts": 1}, "The mailbox of bob@h.edu is full for now."),
        ({"state": "deferred", "trouble": "mx.h.edu does not answer on port 25."}, "mx.h.edu does not answer on port 25."),
        ({"state": "held", "host": "smtp.h.edu"}, "smtp.h.edu wants you to sign in again. The letter waits until you do."),
    ],
)
def test_the_sentence(facts: dict[str, object], words: str) -> None:
    assert sentence(Recipient(**{"address": "bob@h.edu", **facts})) == words


def test_a_name_with_a_percent_sign_is_only_a_name(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, '"100% Bob %(who)s" <bob@hamburger.edu>')
    relay.deliver(outgoing.pk)
    assert "100% Bob %(who)s" in sentence(only(outgoing))
