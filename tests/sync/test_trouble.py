"""What goes wrong at one server is one plain sentence in one Mailbox, and nobody else's trouble."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Access, Change, Mailbox, Message, Placement
from mailbox.sync import bodies, mirror, push, work
from mailbox.wire import TryLater
from tests.fakes.imap_script import LOOPBACK, QUICK, SIGNED_IN, imap_script
from tests.real import Dovecot
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import raw

INBOX = """
    C: LIST "" "*"
    S: * LIST () "/" INBOX
    S: $ OK
    C: STATUS "INBOX"*
"""
HOSTILE = {
    "hangs up": "CLOSE",
    "says nothing": "HANG",
    "is no mail server": "S: HTTP/1.1 400 Bad Request",
    "announces four gigabytes": SIGNED_IN + 'C: LIST "" "*"\nS: * LIST () "/" {4294967295}',
    "never ends its line": SIGNED_IN + 'C: LIST "" "*"\nMANY 3000000 x',
    "nests without end": SIGNED_IN + 'C: LIST "" "*"\nRAW ' + "(" * 5000,
    "is too busy": "S: * BYE too many connections",
    "throttles": SIGNED_IN + INBOX + "S: $ NO [UNAVAILABLE] throttled. Suggested Backoff Time: 900000 milliseconds",
    "dies in the middle": SIGNED_IN + INBOX + "RAW * STATUS INBOX (MESS\nCLOSE",
    "counts below zero": SIGNED_IN + INBOX + "S: * STATUS INBOX (MESSAGES -1 UIDNEXT 99999999999999999999)\nS: $ OK",
}


@pytest.fixture
def quick(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)
    monkeypatch.setattr("mailbox.sync.session.TIMEOUTS", QUICK)


def at(server: object, owner: User) -> Mailbox:
    """A Mailbox on that scripted server."""
    mailbox = Mailbox.objects.create(address="alice", incoming=str(server.endpoint("imap+plain")), outgoing="direct:")
    mailbox.set_password("secret")
    mailbox.save(update_fields=["secret"])
    Access.objects.create(mailbox=mailbox, user=owner)
    return mailbox


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_server_is_left_for_a_while(alice: User, what: str) -> None:
    with imap_script(HOSTILE[what]) as server:
        mailbox = at(server, alice)
        mirror.bring_up(mailbox.pk)
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.failures) == ("slowed" if what in {"throttles", "is too busy"} else "trouble", 1)
    assert mailbox.trouble.count("\n") == 0
    assert mailbox.next_poll_at
    assert mailbox.next_poll_at > timezone.now() + timedelta(seconds=20)
    assert mailbox.lease_until is None


@pytest.mark.usefixtures("quick")
def test_a_server_that_asks_for_patience_gets_it(alice: User) -> None:
    with imap_script(HOSTILE["throttles"]) as server:
        mailbox = at(server, alice)
        mirror.bring_up(mailbox.pk)
    mailbox.refresh_from_db()
    assert mailbox.next_poll_at
    assert mailbox.next_poll_at > timezone.now() + timedelta(minutes=14)


def test_each_failure_waits_longer_and_a_good_pass_ends_it(guest: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(mirror, "_pass", lambda *args: (_ for _ in ()).throw(TryLater("No.")))
        waits = []
        for _ in range(9):
            mirror.bring_up(guest.pk)
            guest.refresh_from_db()
            waits.append((guest.next_poll_at - timezone.now()) / work.FIRST_WAIT)
    assert waits[0] < 1.3 < waits[2] < waits[6]
    assert waits[8] * work.FIRST_WAIT <= work.LONGEST_WAIT * 1.2
    assert bring_up(guest).failures == 0


def test_a_wrong_password_is_not_tried_again(guest: Mailbox, dovecot: Dovecot) -> None:
    guest.set_password("wrong")
    guest.save(update_fields=["secret"])
    mirror.bring_up(guest.pk)
    guest.refresh_from_db()
    assert (guest.state, guest.next_poll_at) == ("sign_in", None)
    assert "password" in guest.trouble
    before = dovecot.log().count("auth failed")
    mirror.bring_up(guest.pk)
    push.push_changes(guest.pk)
    assert dovecot.log().count("auth failed") == before


def test_clicks_wait_while_the_server_is_in_trouble(guest: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    Mailbox.objects.update(state="trouble", next_poll_at=timezone.now() + timedelta(minutes=1))
    monkeypatch.setattr(push, "work", lambda *args: pytest.fail("it was disturbed"))
    push.push_changes(guest.pk)


def test_a_fault_of_our_own_is_told_without_its_inside(guest: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "_pass", lambda *args: {}["secret"])
    mirror.bring_up(guest.pk)
    guest.refresh_from_db()
    assert guest.state == "trouble"
    assert "secret" not in guest.trouble


@pytest.fixture
def poison(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> int:
    """Of nine letters the fifth breaks the line whenever it is fetched; its UID."""
    for number in range(9):
        phone.add("INBOX", raw(f"m{number}", subject=str(number)))
    fetch = bodies._fetch

    def broken(session: object, arrivals: list[bodies.Arrival], *said: object) -> list[bodies.Incoming]:
        if any(arrival.uid == 5 for arrival in arrivals):
            raise TryLater("The line broke.")
        return list(fetch(session, arrivals))

    monkeypatch.setattr(bodies, "_fetch", broken)
    return 5


def test_a_poison_letter_is_set_aside_and_the_others_come(guest: Mailbox, poison: int) -> None:
    bring_up(guest)
    assert Placement.objects.filter(folder__mailbox=guest).count() == 9
    aside = Message.objects.get(placements__uid=poison, mailbox=guest)
    assert (aside.reader_version, aside.damaged, aside.message_id) == (0, True, "m4@hamburger.edu")


def test_a_server_that_breaks_over_every_letter_is_in_trouble(
    guest: Mailbox, phone: Phone, poison: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_fetch", lambda *args: (_ for _ in ()).throw(TryLater("The line broke.")))
    for _ in range(2):  # the second time their headers come first
        mirror.bring_up(guest.pk)
        guest.refresh_from_db()
        assert guest.state == "trouble"
        Mailbox.objects.filter(pk=guest.pk).update(state="importing")
    assert Message.objects.filter(mailbox=guest, remote=True).count() == 9


def test_the_clock_rings_for_who_is_due(guest: Mailbox, alices: Mailbox, bobs: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    soon, ago = timezone.now() + timedelta(minutes=1), timezone.now() - timedelta(minutes=1)
    Mailbox.objects.filter(pk=alices.pk).update(next_poll_at=soon)
    Mailbox.objects.filter(pk=bobs.pk).update(next_poll_at=ago)
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: rung.append(args))
    mirror.bring_up_due()
    mirror.bring_up_due()
    assert sorted(rung) == [("mirror.bring_up", guest.pk), ("mirror.bring_up", bobs.pk)]


def test_a_click_whose_bell_was_lost_is_found(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    Mailbox.objects.update(next_poll_at=timezone.now() + timedelta(minutes=1))
    Change.objects.create(mailbox=alices, kind="create", args={"name": "Work", "folder": 0}, next_at=timezone.now())
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: rung.append(args))
    mirror.bring_up_due()
    assert rung == [("mirror.bring_up", alices.pk)]


@pytest.mark.parametrize("state", ["sign_in", "paused"])
def test_nobody_rings_for_who_waits_for_a_person(alices: Mailbox, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Mailbox.objects.update(next_poll_at=timezone.now(), state=state)
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: pytest.fail("rung"))
    mirror.bring_up_due()
