"""The watcher when things go wrong: dead lines, hostile and throttling servers, a database that goes away, a storm."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from threading import Event

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.imap import line as lines
from mailbox.models import Mailbox
from mailbox.sync.dialling import BURST, Dialler
from mailbox.sync.watching import Pace, Watcher
from mailbox.wire import Endpoint, Guard
from tests.fakes.imap_script import LOOPBACK, imap_script
from tests.imap.test_line import LISTENING
from tests.sync.test_trouble import at
from tests.sync.test_watch import turn

IMPATIENT = lines.Pace(anew=(0.1, 0.2), answer=0.3, shortest=0)
QUICK = Pace(look=0.02, round=0.05, again=0.05, longest=0.2, breath=0.05, dials=1000)
HOSTILE = {
    "announces five gigabytes": LISTENING + "S: * 1 FETCH (BODY[] {5368709120}",
    "nests without end": LISTENING + "RAW * 1 FETCH " + "(" * 10_000 + "\\r\\n",
    "never ends its line": LISTENING + "MANY 3000000 x",
    "is no mail server": "S: HTTP/1.1 400 Bad Request",
    "hangs up": "CLOSE",
}


@pytest.fixture(autouse=True)
def bells(settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None) -> list[int]:
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)
    rung: list[int] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda task, mailbox_id: rung.append(mailbox_id))
    return rung


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher("one", pace=QUICK)
    yield watcher
    watcher.leave()


def watched_at(server: object, owner: User) -> Mailbox:
    mailbox = at(server, owner)
    Mailbox.objects.filter(pk=mailbox.pk).update(state="ok", address=f"alice{mailbox.pk}")
    Mailbox.objects.filter(pk=mailbox.pk).update(incoming=mailbox.incoming.replace("//", "//alice@"))
    return mailbox


def failures(watcher: Watcher, mailbox: Mailbox) -> int:
    return watcher.watched[mailbox.pk].failures if mailbox.pk in watcher.watched else 0


def test_e25_a_line_that_died_in_silence_is_given_up_and_dialled_again(alice: User, bells: list[int]) -> None:
    """It hears nothing, not even the answer to DONE: as when a router forgot the line. Polls go on meanwhile."""
    watcher = Watcher("one", pace=replace(QUICK, line=IMPATIENT))
    with imap_script(LISTENING, "MORE DONE", "HANG") as server:
        mailbox = watched_at(server, alice)
        turn(watcher, lambda: failures(watcher, mailbox), "The end of the line")
        assert bells[:1] == [mailbox.pk]  # what came before the line stood
        turn(watcher, lambda: watcher.watched[mailbox.pk].dialled, "Dialling again")
    watcher.leave()


@pytest.mark.parametrize("what", HOSTILE)
def test_e14_a_hostile_server_is_no_other_mailboxs_trouble(alice: User, watcher: Watcher, what: str) -> None:
    with ExitStack() as servers:
        bad = servers.enter_context(imap_script(HOSTILE[what]))
        good = servers.enter_context(imap_script(LISTENING, "HANG"))
        hostile, well = watched_at(bad, alice), watched_at(good, alice)
        turn(watcher, lambda: failures(watcher, hostile), "The end of the line")
        turn(watcher, lambda: (one := watcher.watched[well.pk].line) and one.idling, "The other's IDLE")


def test_e23_a_server_that_throttles_is_dialled_no_sooner_than_it_asks_for(alice: User, watcher: Watcher) -> None:
    busy = "S: $ NO [UNAVAILABLE] Request is throttled. Suggested Backoff Time: 300000 milliseconds"
    with imap_script("S: * OK [CAPABILITY IMAP4rev1] hi", 'C: LOGIN "alice" "secret"', busy, "HANG") as server:
        mailbox = watched_at(server, alice)
        turn(watcher, lambda: failures(watcher, mailbox), "The refusal")
    assert watcher.watched[mailbox.pk].planned > time.monotonic() + 290


def test_the_wait_is_short_again_only_after_a_good_pass(alice: User, watcher: Watcher) -> None:
    with imap_script(LISTENING, "HANG") as server:
        mailbox = watched_at(server, alice)
        turn(watcher, lambda: mailbox.pk in watcher.watched, "A claim")
        watched = watcher.watched[mailbox.pk]
        watched.failures, watched.broken_at = 5, timezone.now()
        turn(watcher, lambda: watched.line and watched.line.idling, "IDLE")
        watcher._go_round()
        assert watched.failures == 5
        Mailbox.objects.update(last_good_pass=timezone.now())
        watcher._go_round()
        assert watched.failures == 0


def test_many_news_are_one_bell(alice: User, watcher: Watcher, bells: list[int]) -> None:
    with imap_script(LISTENING, "CUE", "MANY 500 * %d EXISTS", "HANG") as server:
        mailbox = watched_at(server, alice)
        turn(watcher, lambda: bells, "The first bell")
        server.cue()
        turn(watcher, lambda: len(bells) > 1 and not watcher.watched[mailbox.pk].untold, "The last bell")
    assert len(bells) < 10


@pytest.mark.django_db(transaction=True)
def test_e10_a_database_that_goes_away_does_not_end_the_watcher(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, turns = Event(), []

    def step() -> None:
        turns.append(1)
        if len(turns) > 2:
            stop.set()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(watcher, "step", step)
    watcher.run(stop)
    assert len(turns) == 3


def test_lines_come_back_one_after_the_other() -> None:
    """2,000 of them after an outage take five minutes."""
    dialler, now = Dialler(6.5), 1000.0
    try:
        for _ in range(2000):
            now += dialler.wait(now)
            dialler._mark = max(dialler._mark, now) + dialler._step
        assert 290 < now - 1000 < 310
        assert BURST < 20
    finally:
        dialler.close()


def test_a_dead_host_does_not_take_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()
    monkeypatch.setattr("mailbox.sync.dialling.dial", lambda *args, **kwargs: over.wait(10))
    dialler, dead = Dialler(1000), Endpoint.parse("imaps://dead.crepes.fr")
    try:
        while not dialler.is_crowded(dead.host):
            dialler.dial(1, dead, Guard(), 0)
        assert not dialler.is_crowded("living.crepes.fr")
    finally:
        over.set()
        dialler.close()
