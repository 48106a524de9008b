"""The clock's rows say what each hour brought."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailbox.housekeeping import figures
from mailbox.models import Attempt, Folder, Hour, Mailbox
from tests.panel.conftest import State, waiting
from tests.views.conftest import lay

pytestmark = pytest.mark.django_db


def row(domain: str = "") -> Hour:
    return Hour.objects.filter(domain=domain).latest("start")


def test_what_was_delivered_and_bounced(alices: Mailbox, bobs: Mailbox) -> None:
    waiting(alices, "one@mill.example", State.SENT)
    waiting(alices, "two@mill.example", State.FAILED)
    waiting(bobs, "three@mill.example", State.SENT)
    figures.count()
    assert (row().delivered, row().bounced) == (2, 1)
    assert (row("crepes.fr").delivered, row("hamburger.edu").delivered) == (1, 1)


def test_what_was_put_off(alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example")
    talk = {"recipients": [one.pk, 0, 0], "verdicts": ["later", "accepted", "later"], "finished_at": timezone.now()}
    Attempt.objects.create(outgoing=one.outgoing, **talk)
    figures.count()
    assert (row().deferred, row("crepes.fr").deferred) == (2, 2)


def test_what_was_received_counts_by_its_arrival(inbox: Folder) -> None:
    placed = lay(inbox, "Now")
    lay(inbox, "Long ago")  # an old letter that is imported today is no news
    type(placed.message).objects.filter(pk=placed.message.pk).update(internal_date=timezone.now())
    figures.count()
    assert row().received == 1


def test_counting_twice_is_counting_once(alices: Mailbox) -> None:
    waiting(alices, "one@mill.example", State.SENT)
    figures.count()
    figures.count()
    assert (row().delivered, Hour.objects.filter(domain="crepes.fr").count()) == (1, 1)


def test_hours_that_were_missed_are_caught_up_with(alices: Mailbox) -> None:
    now = timezone.now()
    figures.count(now - timedelta(hours=5))
    waiting(alices, "one@mill.example", State.SENT, done_at=now - timedelta(hours=3))
    figures.count(now)
    assert sum(Hour.objects.filter(domain="").values_list("delivered", flat=True)) == 1


def test_old_rows_go(alices: Mailbox) -> None:
    Hour.objects.create(start=timezone.now() - figures.KEPT - figures.HOUR)
    figures.count()
    assert not Hour.objects.filter(start__lt=timezone.now() - figures.KEPT).exists()
