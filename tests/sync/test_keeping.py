"""A line is kept between two passes: never one that may be wrong, and nothing that was told meanwhile is missed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.models import Flag, Host, Mailbox
from mailbox.outbox import relay
from mailbox.sync import changes, connecting, keeping, listing, mirror, profiles, push
from mailbox.sync.keeping import KEPT
from mailbox.tasks import stop_claiming
from mailbox.wire import Busy, TryLater
from tests.daemons import wait_until
from tests.real import Dovecot
from tests.sync.conftest import Phone, bring_up, here, place
from tests.sync.letters import raw


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[ImapClient]:
    """Every line that is made from now on."""
    lines: list[ImapClient] = []
    connect = ImapClient.connect

    def connected(*args: object, **more: object) -> ImapClient:
        lines.append(connect(*args, **more))  # type: ignore[arg-type]
        return lines[-1]

    monkeypatch.setattr(ImapClient, "connect", connected)
    return lines


@pytest.fixture
def known(guest: Mailbox, phone: Phone, dialled: list[ImapClient]) -> Mailbox:
    """A Mailbox after a good pass: its line is kept."""
    phone.add("INBOX", raw("a", subject="First"))
    bring_up(guest)
    assert KEPT.has(guest.pk)
    dialled.clear()
    return guest


def test_the_next_pass_signs_in_no_more(known: Mailbox, dialled: list[ImapClient], phone: Phone) -> None:
    mark = Host.objects.get(name=known.host).next_login_at
    for number in range(3):
        phone.add("INBOX", raw(f"more{number}", subject=f"More {number}"))
        bring_up(known)
    assert here(known, "INBOX") == ["First", "More 0", "More 1", "More 2"]
    assert dialled == []
    assert Host.objects.get(name=known.host).next_login_at == mark


def test_a_click_goes_over_the_kept_line(known: Mailbox, owner: User, phone: Phone, dialled: list[ImapClient]) -> None:
    changes.set_flag(owner, known.folders.get(role="inbox").placements.all(), Flag.FLAGGED, True)
    push.push_changes(known.pk)
    assert phone.flags("INBOX", 1) & Flag.FLAGGED
    assert dialled == []
    assert KEPT.has(known.pk)


def test_no_folder_is_open_on_it(known: Mailbox, phone: Phone) -> None:
    """So what comes while it lies can be told by the next pass only, and by its cursors."""
    phone.add("INBOX", raw("b", subject="Second"))
    phone.flag("INBOX", 1, "\\Flagged")
    mirror.bring_up(known.pk)
    phone.flag("INBOX", 1, "\\Seen")
    phone.expunge("INBOX", 2)
    bring_up(known)
    assert here(known, "INBOX") == ["First"]
    assert place(known, "First").flags == Flag.SEEN | Flag.FLAGGED


def test_a_server_that_closes_no_folder_keeps_no_line(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "PLAIN", profiles.Profile(without=frozenset({"UNSELECT"})))
    bring_up(guest)  # the first pass opens folders
    assert not KEPT.has(guest.pk)


def test_a_fault_ends_it(known: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise TryLater("no")

    with monkeypatch.context() as patched:
        patched.setattr(listing, "bring_up", fails)
        mirror.bring_up(known.pk)
    assert not KEPT.has(known.pk)


OTHER = {
    "password": lambda mailbox: mailbox.set_password("another"),
    "server": lambda mailbox: setattr(mailbox, "incoming", mailbox.incoming.replace("guest", "other")),
    "profile": lambda mailbox: setattr(mailbox, "profile", "icloud"),
}


@pytest.mark.parametrize("what", OTHER)
def test_it_is_used_only_for_what_it_was_made_with(known: Mailbox, what: str, dialled: list[ImapClient]) -> None:
    (kept,) = (one.client for one in KEPT._lines.values())
    OTHER[what](known)
    known.save()
    mark = Host.objects.get(name=known.host).next_login_at
    mirror.bring_up(known.pk)
    known.refresh_from_db()
    assert known.state == ("ok" if what == "profile" else "sign_in")
    assert not kept.is_alive(1)
    assert Host.objects.get(name=known.host).next_login_at > mark


def test_private_hosts_that_are_no_longer_allowed(known: Mailbox, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = []
    mirror.bring_up(known.pk)
    known.refresh_from_db()
    assert known.state == "trouble"


def test_while_it_is_paused_no_line_is_kept(known: Mailbox) -> None:
    connecting.pause(known)
    mirror.bring_up(known.pk)
    assert not KEPT.has(known.pk)


def test_a_server_that_hung_up_meanwhile_is_dialled_in_silence(
    known: Mailbox, phone: Phone, dovecot: Dovecot, dialled: list[ImapClient]
) -> None:
    phone.add("INBOX", raw("b", subject="Second"))
    dovecot.doveadm("kick", known.address)
    bring_up(known)
    assert here(known, "INBOX") == ["First", "Second"]
    assert len(dialled) == 1
    assert known.failures == 0


def test_after_a_restart_of_the_server_who_is_away_signs_in_in_turn(
    known: Mailbox, dovecot: Dovecot, dialled: list[ImapClient]
) -> None:
    """A kept line that is dead gives no leave to sign in."""
    dovecot.doveadm("kick", known.address)
    Mailbox.objects.filter(pk=known.pk).update(seen_at=timezone.now() - timedelta(minutes=30))
    Host.objects.filter(name=known.host).update(next_login_at=timezone.now() + timedelta(hours=1))
    assert not mirror.bring_up(known.pk)
    known.refresh_from_db()
    assert (dialled, known.state, known.failures) == ([], "ok", 0)


def test_who_is_away_keeps_no_line(known: Mailbox) -> None:
    Mailbox.objects.filter(pk=known.pk).update(seen_at=timezone.now() - timedelta(hours=2))
    bring_up(known)
    assert not KEPT.has(known.pk)


def test_a_provider_that_grants_few(known: Mailbox) -> None:
    Mailbox.objects.filter(pk=known.pk).update(profile="courier")
    bring_up(known)
    assert not KEPT.has(known.pk)


def test_a_host_that_wants_fewer_gets_its_lines_back(
    known: Mailbox, newcomers: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy("too many connections")

    other = Mailbox.objects.create(address="o", incoming=known.incoming.replace("guest", "x"), outgoing="direct:")
    other.set_password("o")
    other.save()
    monkeypatch.setattr(ImapClient, "connect", busy)
    mirror.bring_up(other.pk)
    assert not KEPT.has(known.pk)


def signed_in(dovecot: Dovecot, mailbox: Mailbox) -> int:
    """Lines of ours; one more is the phone's."""
    return dovecot.doveadm("-f", "flow", "who", "-1", mailbox.address).count(mailbox.address) - 1


def test_at_the_workers_end_it_says_good_bye(known: Mailbox, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KEPT, "most", KEPT.most)
    monkeypatch.setattr(relay, "stop", lambda: None)  # it would end the relay of every test that follows
    assert signed_in(dovecot, known) == 1
    stop_claiming()
    wait_until(lambda: signed_in(dovecot, known) == 0, "The end of the line")
    bring_up(known)
    assert not KEPT.has(known.pk)


class Lying:
    """A line of which only this is known: whether it is open."""

    def __init__(self) -> None:
        self.open = True

    def rest(self) -> bool:
        return True

    def logout(self, *, wait: bool = True) -> None:
        self.open = False


MADE = keeping.Made("imaps://a@imap.crepes.fr", b"", (), profiles.PLAIN, frozenset())


def kept(keep: keeping.Keep, number: int) -> list[Lying]:
    lines = [Lying() for _ in range(number)]
    for key, line in zip(count(), lines, strict=False):
        keep.put(key, line, MADE, "imap.crepes.fr")  # type: ignore[arg-type]
    return lines


def test_of_too_many_the_oldest_goes() -> None:
    lines = kept(keeping.Keep(most=3), 5)
    assert [line.open for line in lines] == [False, False, True, True, True]


def test_a_mailbox_keeps_one() -> None:
    keep = keeping.Keep(most=3)
    (old,), (new,) = kept(keep, 1), kept(keep, 1)
    assert (old.open, new.open) == (False, True)


def test_an_old_one_is_closed_by_the_clock() -> None:
    lines = kept(keeping.Keep(most=9, lasts=0.05), 2)
    wait_until(lambda: not any(line.open for line in lines), "The clock")


def test_none_at_all() -> None:
    assert [line.open for line in kept(keeping.Keep(most=0), 1)] == [False]


def test_a_child_leaves_the_parents_lines_alone() -> None:
    keep = keeping.Keep(most=3)
    (line,) = kept(keep, 1)
    keep.forget()
    keep.clear()
    assert line.open
