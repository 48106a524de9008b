"""A storage limit that is reached stops the import, not the new letters; with room again it goes on."""

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from mailbox.models import Access, Folder, Limit, Mailbox
from mailbox.sync import importing, mirror, room
from mailbox.views import condition
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import raw


@pytest.fixture
def limit(owner: User) -> Limit:
    return Limit.objects.create(user=owner, stored=0)


@pytest.fixture
def full(guest: Mailbox, phone: Phone, limit: Limit, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Five letters on the server, of which the newest two come before the limit is looked at."""
    monkeypatch.setattr(importing, "FIRST", {Folder.Role.INBOX: 2})
    for number in range(5):
        phone.add("INBOX", raw(f"{number}", subject=f"Letter {number}"))
    return one_pass(guest)


def one_pass(mailbox: Mailbox) -> Mailbox:
    mirror.bring_up(mailbox.pk)
    mailbox.refresh_from_db()
    return mailbox


def test_the_import_waits_and_says_why(full: Mailbox, owner: User) -> None:
    assert here(full, "INBOX") == ["Letter 3", "Letter 4"]
    words = condition.rows(owner, full)[0].words
    assert (full.state, words[:36]) == ("full", f"{owner.email} has reached the storage limit"[:36])


def test_the_operators_find_it_written_down_once(full: Mailbox, owner: User) -> None:
    one_pass(full)
    assert AuditEvent.objects.get(kind="limit_reached").about == owner.email


def test_new_letters_come_all_the_same(full: Mailbox, phone: Phone) -> None:
    phone.add("INBOX", raw("new", subject="New"))
    one_pass(full)
    assert here(full, "INBOX") == ["Letter 3", "Letter 4", "New"]


def test_with_room_again_it_goes_on(full: Mailbox, owner: User, limit: Limit) -> None:
    Limit.objects.filter(pk=limit.pk).update(stored=10**9)
    room.look_again(person=owner)
    assert Mailbox.objects.filter(pk=full.pk, next_poll_at__lte=timezone.now()).exists()
    assert (bring_up(full).state, len(here(full, "INBOX"))) == ("ok", 5)


def test_the_limit_of_the_domain_counts_too(guest: Mailbox, limit: Limit) -> None:
    limit.delete()
    assert room.taken_by(guest) == ""
    Limit.objects.create(domain=guest.domain, stored=0)
    assert room.taken_by(guest) == guest.domain


def test_the_limit_of_somebody_who_only_reads_does_not_count(guest: Mailbox, bob: User) -> None:
    Access.objects.create(mailbox=guest, user=bob, role="read")
    Limit.objects.create(user=bob, stored=0)
    assert room.taken_by(guest) == ""
