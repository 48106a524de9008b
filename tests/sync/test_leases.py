"""One worker at a time over one Mailbox, and none that has slept too long."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mailbox.models import Mailbox, Message
from mailbox.sync import bodies, leases, mirror
from mailbox.sync.leases import LeaseLost
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import raw


def expire(mailbox: Mailbox) -> None:
    """As if the holder had been silent for longer than a lease lasts."""
    Mailbox.objects.filter(pk=mailbox.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_one_takes_it_and_the_other_does_not(alices: Mailbox) -> None:
    assert leases.take(alices.pk)
    assert leases.take(alices.pk) is None


def test_released_it_is_free(alices: Mailbox) -> None:
    lease = leases.take(alices.pk)
    assert lease
    lease.release()
    assert leases.take(alices.pk)


def test_who_slept_too_long_may_not_write(alices: Mailbox) -> None:
    first = leases.take(alices.pk)
    expire(alices)
    second = leases.take(alices.pk)
    assert first
    assert second
    with pytest.raises(LeaseLost):
        first.hold()
    second.hold()


def test_nor_release_the_lease_of_the_other(alices: Mailbox) -> None:
    first = leases.take(alices.pk)
    expire(alices)
    leases.take(alices.pk)
    assert first
    first.release()
    assert leases.take(alices.pk) is None


def test_e03_a_zombie_commits_nothing(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wakes up between reading a window and writing it, when another worker has taken over."""
    phone.add("INBOX", raw("a"))
    fetch = bodies.fetch

    def sleep(*args: object) -> object:
        incoming = fetch(*args)
        expire(guest)
        leases.take(guest.pk)
        return incoming

    monkeypatch.setattr(bodies, "fetch", sleep)
    assert mirror.bring_up(guest.pk) is False
    assert not Message.objects.filter(remote=False).exists()


def test_while_one_is_at_it_another_does_nothing(guest: Mailbox, phone: Phone) -> None:
    phone.add("INBOX", raw("a"))
    with transaction.atomic():
        leases.take(guest.pk)
        assert mirror.bring_up(guest.pk) is False
    assert here(guest, "INBOX") == []


def test_a_lease_ends_with_the_pass(guest: Mailbox) -> None:
    assert bring_up(guest).lease_until is None
