"""An import that is stopped anywhere goes on where it was: nothing is missing, nothing is there twice."""

import os
import subprocess
import sys
from datetime import timedelta
from types import ModuleType

import pytest
from django.conf import settings
from django.db import connection

from mailbox.models import Folder, Mailbox, Message, Placement
from mailbox.sync import fetching, filling, importing, mirror
from tests.daemons import wait_until
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import NOON, raw
from tests.sync.test_leases import expire

NUMBER = 170


@pytest.fixture
def letters(phone: Phone) -> list[str]:
    """The subjects of so many letters in the inbox."""
    for number in range(NUMBER):
        phone.add("INBOX", raw(f"m{number}", subject=f"Number {number}"), at=NOON + timedelta(minutes=number))
    return [f"Number {number}" for number in range(NUMBER)]


class PowerCut(BaseException):
    pass


WHERE = [(fetching, "_place", 3, 999), (fetching, "list_in", 2, 0), (filling, "_write", 1, 0), (filling, "_write", 4, 0)]


@pytest.mark.parametrize(("room", "name", "steps", "at_once"), WHERE)
def test_after_an_exception(
    guest: Mailbox, letters: list[str], monkeypatch: pytest.MonkeyPatch, room: ModuleType, name: str, steps: int, at_once: int
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", at_once)
    write, left = getattr(room, name), [None] * steps
    monkeypatch.setattr(fetching, "WINDOW", 20)
    monkeypatch.setattr(filling, "BATCH", 20)

    def cut(*args: object, **more: object) -> object:
        if not left:
            raise PowerCut
        left.pop()
        return write(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(room, name, cut)
        patched.setattr(importing, "FIRST", {"inbox": 50})
        with pytest.raises(PowerCut):
            mirror.bring_up(guest.pk)
    assert 0 < Message.objects.filter(mailbox=guest).count() <= NUMBER
    assert Message.objects.filter(mailbox=guest, remote=False).count() < NUMBER
    bring_up(guest)
    assert here(guest, "INBOX") == letters
    assert not Message.objects.filter(mailbox=guest, remote=True).exists()


def test_the_newest_come_first(guest: Mailbox, letters: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "import_rest", lambda *args: None)
    monkeypatch.setattr(importing, "FIRST", {"inbox": 50})
    mirror.bring_up(guest.pk)
    assert here(guest, "INBOX") == letters[-50:]
    inbox = Folder.objects.get(mailbox=guest, role="inbox")
    assert (inbox.server_messages, inbox.live, inbox.backfill_low_uid) == (NUMBER, 50, NUMBER - 49)
    guest.refresh_from_db()
    assert guest.state == "importing"
    assert not Message.objects.filter(mailbox=guest, remote=True).exists()  # and these can be read


def test_a_pass_that_has_no_time_brings_something_in(guest: Mailbox, letters: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "BATCH", 40)
    monkeypatch.setattr(importing, "FIRST", {"inbox": 50})
    passes = 1
    while mirror.bring_up(guest.pk, seconds=0):
        passes += 1
    assert here(guest, "INBOX") == letters
    assert 3 <= passes <= 8


@pytest.mark.django_db(transaction=True)
def test_e01_after_kill_9(guest: Mailbox, letters: list[str]) -> None:
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    command = [sys.executable, "manage.py", "mirror", guest.address, "--wait"]
    environment = {**os.environ, "DATABASE_URL": url, "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8 ::1/128"}
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until(Placement.objects.filter(folder__mailbox=guest).exists, "The first letters")
    finally:
        worker.kill()
        worker.wait()
    expire(guest)
    bring_up(guest)
    assert here(guest, "INBOX") == letters
