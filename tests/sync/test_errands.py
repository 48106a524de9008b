"""What waits beside the server's news is asked for in one question, and a pass that finds nothing asks little."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mailbox.models import Change, Filter, Folder, Limit, Mailbox, Message, Placement, Thread
from mailbox.sync import errands, leases, mirror
from mailbox.sync.hold import Hold
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import land, raw


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")


def test_a_pass_that_finds_nothing_asks_ten_questions(
    guest: Mailbox, phone: Phone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone.add("INBOX", raw("a"))
    bring_up(guest)
    with django_assert_max_num_queries(10):
        assert mirror.bring_up(guest.pk) is False


def test_nothing_waits_for_a_quiet_mailbox(inbox: Folder) -> None:
    land(inbox, raw("a"), uid=1)
    assert errands.ask(inbox.mailbox_id) == frozenset()


WAITING = {
    "wanted": lambda box: Message.objects.update(wanted_at=timezone.now()),
    "changes": lambda box: Change.objects.create(mailbox=box, kind="create"),
    "import": lambda box: box.folders.update(backfill_low_uid=7),
    "bodies": lambda box: Message.objects.update(remote=True),
    "count": lambda box: Mailbox.objects.update(letters_left=1),
    "muted": lambda box: Thread.objects.update(muted=True),
    "filters": lambda box: Filter.objects.create(mailbox=box, sender="bob"),
    "domain": lambda box: Limit.objects.create(domain=box.domain, stored=0),
    "limit": lambda box: Limit.objects.create(user=box.access.get().user, stored=0),
    "ghosts": lambda box: Placement.objects.update(uid=None),
    "stones": lambda box: Placement.objects.update(gone_at=timezone.now() - timedelta(days=1)),
}


@pytest.mark.parametrize("errand", WAITING)
def test_each_errand_is_found_and_no_other(inbox: Folder, errand: str) -> None:
    land(inbox, raw("a"), uid=1)
    WAITING[errand](inbox.mailbox)
    assert errands.ask(inbox.mailbox_id) == {errand}


def test_of_another_mailbox_nothing_is_found(inbox: Folder, bobs: Mailbox) -> None:
    land(inbox, raw("a"), uid=1)
    for wait in WAITING.values():
        wait(inbox.mailbox)
    Limit.objects.all().delete()
    Mailbox.objects.filter(pk=bobs.pk).update(letters_left=0)
    assert errands.ask(bobs.pk) == frozenset()


def test_a_change_whose_time_has_not_come_does_not_wait(inbox: Folder) -> None:
    Change.objects.create(mailbox=inbox.mailbox, kind="create", next_at=timezone.now() + timedelta(minutes=1))
    assert "changes" not in errands.ask(inbox.mailbox_id)


def test_a_writing_makes_it_ask_again(inbox: Folder) -> None:
    lease = leases.take(inbox.mailbox_id)
    assert lease
    hold = Hold(lease.mailbox, lease, 30)
    assert errands.of(hold) == frozenset()
    with hold.writing():
        Mailbox.objects.update(letters_left=1)
    assert errands.of(hold) == {"count"}
