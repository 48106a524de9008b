"""Monitoring reads the figures, from the networks that may."""

import pytest
from django.test import Client
from pytest_django import Settings

from mailbox.housekeeping import figures
from mailbox.models import Attempt, Mailbox
from tests.panel.conftest import State, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(settings: Settings) -> None:
    settings.METRICS_ALLOW = ["127.0.0.0/8", "::1"]


def read(client: Client) -> str:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("networks", [[], ["10.0.0.0/8"], ["2001:db8::/32"], ["no network"]])
def test_others_find_nothing(client: Client, settings: Settings, networks: list[str]) -> None:
    settings.METRICS_ALLOW = networks
    assert client.get("/metrics").status_code == 404


def test_a_header_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_ALLOW = ["10.0.0.0/8"]
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404


def test_the_queue_by_state(client: Client, allowed: None, alices: Mailbox) -> None:
    waiting(alices, "one@mill.example")
    waiting(alices, "two@mill.example", State.SENT)
    assert 'relish_queue_recipients{state="deferred"} 1\n' in read(client)
    assert 'state="sent"' not in read(client)


def test_verdicts_by_site(client: Client, allowed: None, alices: Mailbox) -> None:
    one = waiting(alices, "one@mill.example")
    talk = {"recipients": [one.pk], "verdicts": ["later"], "finished_at": one.next_at}
    Attempt.objects.create(outgoing=one.outgoing, host='mx"\n.mill.example', **talk)
    assert 'relish_attempts{site="mx\\"\\n.mill.example",verdict="later"} 1\n' in read(client)


def test_mailboxes_and_hours(client: Client, allowed: None, alices: Mailbox) -> None:
    figures.count()
    found = read(client)
    assert 'relish_mailboxes{state="ok"} 1\n' in found
    assert 'relish_hour{what="delivered"} 0\n' in found


def test_every_line_is_of_the_format(client: Client, allowed: None, alices: Mailbox) -> None:
    for line in read(client).splitlines():
        assert line.startswith(("# HELP relish_", "# TYPE relish_", "relish_"))
        assert line.startswith("#") or float(line.rpartition(" ")[2]) >= 0
