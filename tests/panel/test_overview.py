"""The first page of the panel says what travels and what needs a hand."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mailbox import heartbeat
from mailbox.models import Destination, Hour, Mailbox, Site
from mailbox.views.panel import chart
from tests.panel.conftest import State, waiting
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
SLOT = chart.Slot("09:00", "09:00: all", "09:00", 1420, 30, 2)


@pytest.fixture(autouse=True)
def everything_runs() -> None:
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)


def test_the_figures_come_from_the_hours(panel: Client) -> None:
    Hour.objects.create(start=timezone.now().replace(minute=0, second=0, microsecond=0), delivered=18_402, bounced=41)
    page = flat(panel.get("/panel/"))
    assert "18,402" in page
    assert "0.2% of the letters" in page


def test_a_keeper_sees_the_figures_of_their_domains_alone(keeper: User) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    for domain, number in (("", 999_111), ("hamburger.edu", 555_222), ("crepes.fr", 444_333)):
        Hour.objects.create(start=start, domain=domain, delivered=number)
    page = flat(signed_in(keeper).get("/panel/"))
    assert ("444,333" in page, "555,222" in page, "999,111" in page) == (True, False, False)


def test_a_server_that_puts_letters_off_is_named(panel: Client, alices: Mailbox) -> None:
    for number in range(3):
        waiting(alices, f"noor{number}@buckwheat.example", host="mx.buckwheat.example")
    assert "mx.buckwheat.example puts our letters off." in flat(panel.get("/panel/"))


def test_hosts_that_nobody_reaches_are_named_with_the_reason(panel: Client, alices: Mailbox) -> None:
    waiting(alices, "noor@buckwheat.example", site="buckwheat.example")
    Destination.objects.create(domain="buckwheat.example", site="mx.mill.example", seen_at=timezone.now())
    dead = {
        "failures": 3,
        "dead_until": timezone.now() + timedelta(minutes=1),
        "trouble": "mx.mill.example did not answer in time.",
    }
    Site.objects.create(key="mx.mill.example", **dead)
    Site.objects.create(key="mx.idle.example", **dead)
    page = flat(panel.get("/panel/"))
    assert "mx.mill.example cannot be reached." in page
    assert "1 letter is waiting for it. mx.mill.example did not answer in time." in page
    assert "mx.idle.example" not in page


def test_a_keeper_hears_of_dead_hosts_only_with_letters_of_theirs(keeper: User, bobs: Mailbox) -> None:
    waiting(bobs, "noor@buckwheat.example", site="buckwheat.example")
    Site.objects.create(key="buckwheat.example", failures=3, dead_until=timezone.now() + timedelta(minutes=1))
    assert "buckwheat.example" not in flat(signed_in(keeper).get("/panel/"))


def test_a_mailbox_that_cannot_sign_in_is_named(panel: Client, alices: Mailbox) -> None:
    Mailbox.objects.update(state="sign_in")
    assert "alice@crepes.fr is one of them." in flat(panel.get("/panel/"))


def test_a_queue_that_nobody_serves_is_named(panel: Client) -> None:
    cache.delete("pulse:relay")
    page = flat(panel.get("/panel/"))
    assert "Nobody serves the queue relay." in page
    assert "Something does not run" in page


def test_all_is_well_says_nothing(panel: Client, alices: Mailbox) -> None:
    waiting(alices, "one@mill.example", State.SENT)
    assert "What needs a hand" not in flat(panel.get("/panel/"))


@pytest.mark.parametrize("span", ["24h", "7d", "30d", "<script>"])
def test_every_span(panel: Client, span: str) -> None:
    assert panel.get("/panel/", {"span": span}).status_code == 200


def test_bars_stand_on_their_base() -> None:
    [column] = chart.draw([SLOT]).columns
    assert column.delivered
    assert float(column.delivered.y) + float(column.delivered.height) == pytest.approx(chart.UPPER[1], abs=0.1)


@pytest.mark.parametrize(("most", "step"), [(0, 1), (3, 1), (4, 2), (1420, 500), (1501, 1000)])
def test_steps_are_round(most: int, step: int) -> None:
    assert chart.step_for(most, 3) == step
