"""The commands send and outbox."""

import io
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from mailbox.models import Mailbox, Outgoing, Recipient
from mailbox.outbox import relay
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import only, post, states

LETTER = b"From: Alice <alice@crepes.fr>\nTo: bob@hamburger.edu\nSubject: Lunch\n\nDo you like ketchup?\n.\nHow about pickles?\n"


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def send(monkeypatch: pytest.MonkeyPatch, *words: str, letter: bytes = LETTER) -> str:
    monkeypatch.setattr(sys, "stdin", Stdin(letter))
    return run("send", *words)


def test_send_prints_the_number_in_the_queue(alices: Mailbox, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    number = send(monkeypatch, "ALICE@crepes.fr", "bob@hamburger.edu")
    relay.deliver_due()
    assert only(Outgoing.objects.get(pk=int(number))).state == "sent"
    assert sink.letters[0].raw.endswith(b"\r\n\r\nDo you like ketchup?\r\n.\r\nHow about pickles?\r\n")


def test_send_with_a_key_sends_once(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {send(monkeypatch, "alice@crepes.fr", "bob@hamburger.edu", "--key", "monday") for _ in range(2)}
    assert len(numbers) == 1
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "recipient", "letter", "sentence"),
    [
        ("nobody@crepes.fr", "bob@hamburger.edu", LETTER, "There is no mailbox nobody@crepes.fr here."),
        ("alice@crepes.fr", "bob", LETTER, "“bob” is not an email address."),
        ("alice@crepes.fr", "bob@hamburger.edu", LETTER.replace(b"alice", b"mallory"), "may not write as mallory@crepes.fr"),
        ("alice@crepes.fr", "bob@hamburger.edu", b"no header", "may not write as nobody"),
        ("alice@crepes.fr", "bob@hamburger.edu", b"\n\n", "There is no letter on stdin."),
    ],
)
def test_send_says_what_is_wrong(
    address: str, recipient: str, letter: bytes, sentence: str, alices: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        send(monkeypatch, address, recipient, letter=letter)
    assert not Outgoing.objects.exists()


def test_outbox_lists_what_has_not_come_to_an_end(alices: Mailbox, sink: Sink) -> None:
    done, waiting = post(alices, subject="Done"), post(alices, "bob@nowhere.invalid", subject="Waiting\there")
    done.recipients.update(state="sent")
    assert re.fullmatch(rf" +{waiting.pk}  [-\d]+ [:\d]+  alice@crepes.fr  1 waiting  Waiting here\n", run("outbox"))
    assert run("outbox", "list", "--all").count("\n") == 2


def test_outbox_names_every_state_and_when_it_goes_on(alices: Mailbox) -> None:
    outgoing = post(alices, ", ".join(f"{state}@hamburger.edu" for state in Recipient.State))
    for state in Recipient.State:
        outgoing.recipients.filter(address=f"{state}@hamburger.edu").update(state=state)
    line = run("outbox")
    assert all(f"1 {state.label.lower()}" in line for state in Recipient.State)
    assert re.search(r"1 scheduled from [-\d]+ [:\d]+, 1 waiting, 1 sending, 1 trying again from [-\d]+ [:\d]+, ", line)


def test_outbox_shows_a_letter_with_its_dialogue(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"carol@hamburger.edu": "550 5.1.1 unknown"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu")
    relay.deliver(outgoing.pk)
    shown = run("outbox", "show", str(outgoing.pk))
    assert "There is no mailbox called carol@hamburger.edu." in shown
    assert "550 5.1.1 unknown" in shown
    assert shown.count("C RCPT TO:<bob@hamburger.edu>") == 1


def test_outbox_retry_and_cancel(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu")
    outgoing.recipients.filter(address__startswith="carol").update(state="failed")
    assert "tried now" in run("outbox", "retry", str(outgoing.pk))
    assert "no more" in run("outbox", "cancel", str(outgoing.pk))
    assert set(states(outgoing).values()) == {"cancelled"}


def test_send_with_a_key_that_is_a_novel(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="at most 64"):
        send(monkeypatch, "alice@crepes.fr", "bob@hamburger.edu", "--key", "x" * 65)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "999999999"], "There is no letter 999999999"),
        (["retry", "{done}"], "Nobody is waiting"),
        (["cancel", "{done}"], "Too late"),
        (["show", "x"], "invalid int"),
        (["burn", "1"], "invalid choice"),
    ],
)
def test_outbox_says_what_is_wrong(words: list[str], sentence: str, alices: Mailbox) -> None:
    done = post(alices)
    done.recipients.update(state="sent")
    with pytest.raises(CommandError, match=sentence):
        run("outbox", *(word.format(done=done.pk) for word in words))
