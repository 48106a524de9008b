"""No provider sees a storm: so many sign-ins a second and passes at a time, whoever asks; who is here does not wait."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from mailbox.models import Host, Mailbox
from mailbox.sync import budget, mirror
from mailbox.sync.profiles import PLAIN

AWAY = timedelta(hours=1)


def mailboxes(number: int, host: str = "imap.crepes.fr", away: timedelta = AWAY) -> list[Mailbox]:
    made = [
        Mailbox(address=f"{n}@crepes.fr", incoming=f"imaps://{n}@{host}:993", outgoing="direct:", state="ok")
        for n in range(number)
    ]
    for mailbox in made:
        mailbox.seen_at = timezone.now() - away
    Mailbox.objects.bulk_create(made)
    return list(Mailbox.objects.filter(host=host))


@pytest.mark.parametrize(
    ("incoming", "host"),
    [
        ("imaps://alice%40crepes.fr@IMAP.crepes.fr:993", "imap.crepes.fr"),
        ("imap+starttls://imap.crepes.fr", "imap.crepes.fr"),
        ("imaps://a@[2001:db8::1]:993", "[2001:db8::1]"),
        ("removed:7", None),
    ],
)
def test_a_mailbox_knows_its_host(db: None, incoming: str, host: str | None) -> None:
    assert Mailbox.objects.create(address="a", incoming=incoming, outgoing="direct:").host == host


def test_e26_after_a_burst_the_others_wait(db: None) -> None:
    waits = [budget.wait_for(mailbox) for mailbox in mailboxes(40)]
    free = waits.count(0.0)
    assert budget.BURST <= free <= budget.BURST + 5
    assert all(budget.PATIENCE[0] <= wait <= budget.PATIENCE[1] for wait in waits if wait)


def test_time_gives_new_leave(db: None) -> None:
    for mailbox in (some := mailboxes(20)):
        budget.wait_for(mailbox)
    Host.objects.update(next_login_at=Now())
    assert budget.wait_for(some[0]) == 0.0


def test_one_host_is_no_other_hosts_concern(db: None) -> None:
    for mailbox in mailboxes(20):
        budget.wait_for(mailbox)
    (other,) = mailboxes(1, "imap.hamburger.edu")
    assert budget.wait_for(other) == 0.0


def test_e26_who_is_here_goes_first(db: None) -> None:
    for mailbox in (some := mailboxes(20)):
        budget.wait_for(mailbox)
    some[0].seen_at = timezone.now()
    assert budget.wait_for(some[0]) == 0.0
    assert budget.wait_for(some[1]) > 0


def test_so_many_passes_at_a_time(db: None) -> None:
    *busy, last = mailboxes(PLAIN.passes + 1)
    Mailbox.objects.filter(pk__in=[mailbox.pk for mailbox in busy]).update(lease_until=Now() + timedelta(seconds=30))
    assert budget.wait_for(last) > 0
    Mailbox.objects.filter(pk=busy[0].pk).update(lease_until=None)
    assert budget.wait_for(last) == 0.0


def test_a_pass_that_must_wait_is_put_off_and_nothing_is_wrong(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "wait_for", lambda *_: 4.0)
    assert not mirror.bring_up(alices.pk)
    alices.refresh_from_db()
    assert (alices.state, alices.failures, alices.lease_until) == ("ok", 0, None)
    assert alices.next_poll_at
    assert alices.next_poll_at > timezone.now()


def test_e26_the_clock_rings_first_for_who_is_here(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    away, here = mailboxes(2)
    Mailbox.objects.update(next_poll_at=timezone.now() - timedelta(hours=2))
    Mailbox.objects.filter(pk=here.pk).update(seen_at=timezone.now(), next_poll_at=timezone.now())
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: rung.append(args))
    mirror.bring_up_due()
    assert rung == [("mirror.bring_up", here.pk), ("mirror.bring_up", away.pk)]
