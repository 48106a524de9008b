"""The watcher hears of news the moment they come, marks the Mailbox and rings; it does nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailbox.models import Mailbox
from mailbox.sync.presence import PRESENT
from mailbox.sync.watching import Pace, Watcher
from tests.daemons import wait_until
from tests.fakes.imap_script import SIGNED_IN, imap_script
from tests.real import Dovecot
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import raw

QUICK = Pace(look=0.02, round=0.05, again=0.05, longest=0.2, breath=0)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    bells: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: bells.append(args))
    return bells


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher("one", pace=QUICK)
    yield watcher
    watcher.leave()


def turn(watcher: Watcher, condition: Callable[[], object], what: str) -> None:
    """The watcher's loop, until then."""
    wait_until(lambda: (watcher.step(), condition())[1], what)


def listening(watcher: Watcher, mailbox: Mailbox) -> bool:
    watched = watcher.watched.get(mailbox.pk)
    return bool(watched and watched.line and watched.line.idling)


@pytest.fixture
def watched(guest: Mailbox, watcher: Watcher, rung: list[object]) -> Mailbox:
    """Up to date, with a line in IDLE; the bells of its beginning are forgotten."""
    bring_up(guest)
    turn(watcher, lambda: listening(watcher, guest), "IDLE")
    Mailbox.objects.update(dirty_at=None, next_poll_at=None)
    rung.clear()
    return guest


def test_it_hears_a_new_letter(watched: Mailbox, watcher: Watcher, dovecot: Dovecot, rung: list[object]) -> None:
    dovecot.deliver(watched.address, raw("a"))
    turn(watcher, lambda: rung, "A bell")
    watched.refresh_from_db()
    assert rung == [("mirror.bring_up", watched.pk)]
    assert watched.dirty_at
    assert watched.next_poll_at == watched.dirty_at


def test_it_hears_a_flag(watched: Mailbox, watcher: Watcher, phone: Phone, rung: list[object]) -> None:
    phone.add("INBOX", raw("a"))
    turn(watcher, lambda: rung, "A bell")
    rung.clear()
    phone.flag("INBOX", 1, "\\Seen")
    turn(watcher, lambda: rung, "A bell")


def test_it_hears_of_the_other_folders_too(watched: Mailbox, watcher: Watcher, phone: Phone, rung: list[object]) -> None:
    """Dovecot offers NOTIFY."""
    phone.add("Archive", raw("a"))
    turn(watcher, lambda: rung, "A bell")


def test_the_pass_that_follows_brings_it(watched: Mailbox, watcher: Watcher, phone: Phone, rung: list[object]) -> None:
    phone.add("INBOX", raw("a"))
    turn(watcher, lambda: rung, "A bell")
    assert bring_up(watched).dirty_at is None
    assert watched.messages.get().subject == "Ketchup"


def test_a_watched_mailbox_is_polled_rarely(watched: Mailbox) -> None:
    bring_up(watched)
    assert watched.next_poll_at
    assert watched.next_poll_at > timezone.now() + timedelta(minutes=5)


def test_two_watchers_share(watched: Mailbox, watcher: Watcher) -> None:
    other = Watcher("two", pace=QUICK)
    for _ in range(5):
        other.step()
    assert not other.watched
    watcher.leave()
    turn(other, lambda: listening(other, watched), "The other's line")
    other.leave()


def test_no_more_than_its_capacity_and_who_was_here_last_first(alices: Mailbox, bobs: Mailbox) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(seen_at=timezone.now() + timedelta(seconds=1))
    small = Watcher("small", capacity=1, pace=QUICK)
    small._go_round()
    assert list(small.watched) == [alices.pk]
    small.leave()


def test_who_is_away_for_days_is_polled(watched: Mailbox, watcher: Watcher) -> None:
    Mailbox.objects.update(seen_at=timezone.now() - PRESENT)
    turn(watcher, lambda: not watcher.watched, "Letting go")


def test_a_broken_line_is_dialled_again(watched: Mailbox, watcher: Watcher, dovecot: Dovecot, rung: list[object]) -> None:
    dovecot.doveadm("kick", watched.address)
    turn(watcher, lambda: not listening(watcher, watched), "The end of the line")
    turn(watcher, lambda: listening(watcher, watched), "A new line")
    assert ("mirror.bring_up", watched.pk) in rung  # what happened in between is looked for


def test_a_paused_mailbox_is_let_go(watched: Mailbox, watcher: Watcher) -> None:
    Mailbox.objects.update(state="paused")
    turn(watcher, lambda: not watcher.watched, "Letting go")


def test_with_a_wrong_password_it_is_left_to_a_pass(guest: Mailbox, watcher: Watcher, rung: list[object]) -> None:
    bring_up(guest)
    guest.set_password("wrong")
    guest.next_poll_at = None
    guest.save()
    turn(watcher, lambda: watcher.watched, "A claim")
    turn(watcher, lambda: not watcher.watched, "Giving back")
    guest.refresh_from_db()
    assert guest.watch_until is None
    assert guest.next_poll_at


def test_a_server_without_idle_is_left_to_the_polls(guest: Mailbox, watcher: Watcher, rung: list[object]) -> None:
    with imap_script(SIGNED_IN.replace('"alice"', '"*"').replace('"secret"', "*")) as server:
        Mailbox.objects.update(incoming=str(server.endpoint("imap+plain")), state="ok")
        turn(watcher, lambda: watcher.watched, "A claim")
        turn(watcher, lambda: not watcher.watched, "Giving back")
    guest.refresh_from_db()
    assert guest.watch_until is None


@pytest.mark.django_db(transaction=True)
def test_the_process_ends_politely(guest: Mailbox, dovecot: Dovecot) -> None:
    bring_up(guest)
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8 ::1/128"}
    process = subprocess.Popen([sys.executable, "manage.py", "watch"], cwd=settings.BASE_DIR, env=environment)
    try:
        wait_until(Mailbox.objects.filter(pk=guest.pk, dirty_at__isnull=False).exists, "The first news", 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    guest.refresh_from_db()
    assert (guest.watch_until, guest.watcher) == (None, "")
