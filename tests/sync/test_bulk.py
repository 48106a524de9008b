"""One deed for very many letters: counted exactly, done once whatever dies in the middle, taken back as a whole."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Bulk, Change, Filter, Flag, Folder, Mailbox, Message, Placement, Thread
from mailbox.sync import bulk, changes, undoing
from mailbox.sync.rights import CannotChange


def fill(folder: Folder, count: int) -> None:
    """Letters as an import lays them, each a conversation of its own."""
    threads = Thread.objects.bulk_create(Thread(mailbox=folder.mailbox) for _ in range(count))
    now = timezone.now()
    letters = Message.objects.bulk_create(
        Message(mailbox=folder.mailbox, thread=thread, identity=b"%d" % number, internal_date=now)
        for number, thread in enumerate(threads)
    )
    Placement.objects.bulk_create(
        Placement(message=one, folder=folder, uidvalidity=1, uid=number, sort_at=now) for number, one in enumerate(letters, 1)
    )


@pytest.fixture
def inbox(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(bulk, "PIECE", 10)
    folder = alices.folders.get(role="inbox")
    fill(folder, 25)
    return folder


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@transaction.atomic
def in_one_transaction(deed: Callable[[], None]) -> None:
    deed()


def lying(folder: Folder) -> "changes.Places":
    return Placement.objects.filter(folder=folder)


def where() -> dict[str, int]:
    live = Placement.objects.live()
    return {role: live.filter(folder__role=role).count() for role in live.values_list("folder__role", flat=True)}


def test_every_letter_is_moved_once(alice: User, inbox: Folder) -> None:
    job = bulk.begin(alice, lying(inbox), "archive")
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.taken, job.changed) == ("done", 25, 25)
    assert where() == {"archive": 25}


def test_what_comes_after_the_choice_is_not_in_it(alice: User, inbox: Folder) -> None:
    job = bulk.begin(alice, lying(inbox).filter(uid__lte=5), "trash")
    bulk.carry_on(job.pk)
    assert where() == {"inbox": 20, "trash": 5}


def test_killed_in_the_middle_it_goes_on_where_it_was(alice: User, inbox: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bulk.begin(alice, lying(inbox), "trash")
    bulk.carry_on(job.pk, seconds=-1)
    with monkeypatch.context() as broken:
        broken.setattr(changes, "_tell", killed)
        with pytest.raises(KeyboardInterrupt):
            in_one_transaction(lambda: bulk.carry_on(job.pk))
    assert where() == {"inbox": 15, "trash": 10}
    bulk.carry_on(job.pk)
    assert where() == {"trash": 25}
    assert Change.objects.filter(kind="move").count() == 25


@pytest.mark.parametrize("told", [True, False])
def test_it_is_taken_back_as_a_whole(alice: User, inbox: Folder, told: bool) -> None:
    job = bulk.begin(alice, lying(inbox), "archive")
    bulk.carry_on(job.pk)
    if told:
        Change.objects.update(state="done")
    undoing.undo(alice, bulk.token_of(job))
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, where()) == ("undone", {"inbox": 25})


def test_taken_back_half_way_the_rest_is_never_done(alice: User, inbox: Folder) -> None:
    job = bulk.begin(alice, lying(inbox), "archive")
    bulk.carry_on(job.pk, seconds=-1)
    undoing.undo(alice, bulk.token_of(job))
    bulk.carry_on(job.pk)
    assert where() == {"inbox": 25}


def test_flags_are_taken_back_only_where_they_were_changed(alice: User, inbox: Folder) -> None:
    lying(inbox).filter(uid__lte=5).update(flags=Flag.SEEN)
    job = bulk.begin(alice, lying(inbox), "read")
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.changed, lying(inbox).filter(flags=Flag.SEEN).count()) == (20, 25)
    undoing.undo(alice, bulk.token_of(job))
    bulk.carry_on(job.pk)
    assert lying(inbox).filter(flags=Flag.SEEN).count() == 5


def test_who_may_no_longer_change_the_mailbox_stops(alice: User, inbox: Folder) -> None:
    job = bulk.begin(alice, lying(inbox), "trash")
    bulk.carry_on(job.pk, seconds=-1)
    Access.objects.update(role=Access.Role.READ)
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.trouble) == ("refused", "You may read this mailbox, but not change it.")
    assert where() == {"inbox": 15, "trash": 10}


def test_only_what_lies_in_trash_is_deleted_for_ever(alice: User, alices: Mailbox, inbox: Folder) -> None:
    changes.trash(alice, lying(inbox).filter(uid__lte=5))
    job = bulk.begin(alice, Placement.objects.filter(folder__mailbox=alices), "for_ever")
    bulk.carry_on(job.pk)
    assert where() == {"inbox": 20}
    with pytest.raises(CannotChange):
        bulk.undo(alice, job.pk)


@pytest.fixture
def rule(inbox: Folder) -> Filter:
    return Filter.objects.create(mailbox=inbox.mailbox, sender="bob", do="archive", label="Receipts", read=True, star=True)


def marks() -> set[tuple[str, int, bool]]:
    lying = Placement.objects.live().values_list("folder__role", "flags", "keywords")
    return {(role, flags, bool(keywords)) for role, flags, keywords in lying}


def test_a_filter_does_all_that_it_says_and_every_letter_counts_once(alice: User, inbox: Folder, rule: Filter) -> None:
    job = bulk.begin(alice, lying(inbox), bulk.FILTER, rule=rule)
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    rule.refresh_from_db()
    assert (job.state, job.changed, rule.matched) == ("done", 25, 25)
    assert marks() == {("archive", int(Flag.SEEN | Flag.FLAGGED), True)}


@pytest.mark.parametrize("told", [True, False])
def test_all_that_a_filter_did_is_taken_back(alice: User, inbox: Folder, rule: Filter, told: bool) -> None:
    lying(inbox).filter(uid__lte=5).update(flags=Flag.SEEN)
    job = bulk.begin(alice, lying(inbox), bulk.FILTER, rule=rule)
    bulk.carry_on(job.pk)
    if told:
        Change.objects.update(state="done")
        Placement.objects.exclude(gone_at=None).delete()
    undoing.undo(alice, bulk.token_of(job))
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert job.state == "undone"
    assert marks() == {("inbox", 0, False), ("inbox", int(Flag.SEEN), False)}
    assert Placement.objects.live().filter(flags=Flag.SEEN).count() == 5


def test_what_is_left_to_take_back_is_counted_in_letters(
    alice: User, inbox: Folder, rule: Filter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bulk.begin(alice, lying(inbox), bulk.FILTER, rule=rule)
    bulk.carry_on(job.pk)
    undoing.undo(alice, bulk.token_of(job))
    monkeypatch.setattr(bulk, "PIECE", 25)  # all four Changes of the last five letters, and five moves more
    bulk.carry_on(job.pk, seconds=0)
    job.refresh_from_db()
    assert (job.state, job.changed) == ("undoing", 20)


def test_a_filter_that_is_gone_stops(alice: User, inbox: Folder, rule: Filter) -> None:
    job = bulk.begin(alice, lying(inbox), bulk.FILTER, rule=rule)
    rule.delete()
    bulk.carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.trouble, where()) == ("refused", "The filter is not there any more.", {"inbox": 25})


def test_nothing_to_do_is_said(alice: User, inbox: Folder) -> None:
    with pytest.raises(CannotChange):
        bulk.begin(alice, Placement.objects.none(), "trash")


def test_somebody_elses_job_is_not_to_be_undone(alice: User, charlie: User, inbox: Folder) -> None:
    job = bulk.begin(alice, lying(inbox), "trash")
    with pytest.raises(CannotChange):
        bulk.undo(charlie, job.pk)
    assert Bulk.objects.get().state == "doing"
