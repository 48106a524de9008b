"""A mailing that too many refuse is held, and goes on when an operator says so."""

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from mailbox.housekeeping import waiting
from mailbox.models import Mailbox, Outgoing, Recipient
from mailbox.outbox import relay, spikes
from mailbox.outbox.fate import fate
from tests.outbox.letters import post


def mailing(alices: Mailbox, refused: int, sent: int, left: int = 3) -> Outgoing:
    outgoing = post(alices, ", ".join(f"r{number}@hamburger.edu" for number in range(refused + sent + left)))
    ids = list(outgoing.recipients.order_by("pk").values_list("pk", flat=True))
    gone = Recipient.objects.filter(pk__in=ids[: refused + sent])
    gone.update(state="sent", code=250, done_at=timezone.now())
    gone.filter(pk__in=ids[:refused]).update(state="failed", code=550, told_at=timezone.now())
    return outgoing


def held(outgoing: Outgoing) -> int:
    return outgoing.recipients.filter(state="held", stopped=True).count()


@pytest.mark.parametrize(("refused", "sent", "number"), [(20, 80, 3), (19, 0, 0), (20, 81, 0)])
def test_a_mailing_that_too_many_refuse_is_held(refused: int, sent: int, number: int, alices: Mailbox) -> None:
    outgoing = mailing(alices, refused, sent)
    relay.sweep()
    assert held(outgoing) == number


def test_its_sender_reads_why(alices: Mailbox) -> None:
    outgoing = mailing(alices, 20, 0)
    spikes.hold()
    sentences = {one.sentence for one in fate(outgoing).destinations if one.state == "held"}
    assert sentences == {
        "Too many addressees refused this mailing, so the rest waits until an operator of this house has looked at it."
    }


def test_an_operator_who_lets_it_go_is_not_asked_again_for_the_same(alices: Mailbox) -> None:
    outgoing = mailing(alices, 20, 0)
    spikes.hold()
    waiting.retry(outgoing.recipients.filter(state="held"))
    spikes.hold()
    assert held(outgoing) == 0


def test_single_letters_are_not_held(alices: Mailbox) -> None:
    mailing(alices, 20, 0)
    single = post(alices, "bob@hamburger.edu")
    Recipient.objects.filter(outgoing=single).update(bulk=False)
    spikes.hold()
    assert held(single) == 0


def test_both_sides_are_told(alices: Mailbox, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.SYSTEM_MAILBOX = "postmaster@crepes.fr"
    mailing(alices, 20, 0)
    spikes.hold()
    assert [(one.to, one.subject) for one in mailoutbox] == [(["alice@crepes.fr"], "The mailing of alice@crepes.fr is held")]
    assert "20 of 20 addressees refused it" in mailoutbox[0].body
