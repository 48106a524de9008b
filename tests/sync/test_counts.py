"""Whatever is done, the lists and the counts say what lies there."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from mailbox.models import Flag, Folder, Mailbox, Placement, Thread, ThreadFolder
from mailbox.sync import changes, reconciling
from mailbox.sync.verifying import counted
from tests.sync.letters import NOON, land, raw

FOLDERS = st.sampled_from(["inbox", "archive", "trash", "sent"])
NAMES = st.sampled_from("abcdef")
ARRIVE = st.tuples(st.just("arrive"), FOLDERS, NAMES, st.lists(NAMES, max_size=2), st.sampled_from([0, 1, 4, 8]))
FLAG = st.tuples(st.just("flag"), FOLDERS, st.sampled_from([Flag.SEEN, Flag.FLAGGED, Flag.DELETED]), st.booleans())
MOVE = st.tuples(st.just("move"), FOLDERS, FOLDERS)
GO = st.tuples(st.just("go"), FOLDERS)


def act(user: User, mailbox: Mailbox, deed: str, role: str, *more: object) -> None:
    folder = mailbox.folders.get(role=role)
    lying = Placement.objects.filter(folder=folder, gone_at=None)
    if deed == "arrive":
        name, references, flags = more
        at = NOON + timedelta(minutes=Placement.objects.count())
        land(folder, raw(name, references=references, text=f"{at}"), uid=Placement.objects.count() + 1, flags=flags, at=at)
    elif deed == "flag":
        changes.set_flag(user, lying, *more)
    elif deed == "move":
        changes.move(user, lying, mailbox.folders.get(role=more[0]))
    else:
        changes.delete_for_ever(user, lying)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ARRIVE | FLAG | MOVE | GO, max_size=12))
def test_the_counts_are_what_lies_there(alice: User, alices: Mailbox, deeds: list[tuple[object, ...]]) -> None:
    with transaction.atomic():
        for deed in deeds:
            act(alice, alices, *deed)
        assert list(counted(Folder.objects.filter(mailbox=alices))) == []
        for thread in Thread.objects.filter(mailbox=alices):
            shown = [
                place
                for place in Placement.objects.filter(message__thread=thread, gone_at=None)
                if not place.flags & Flag.DELETED
            ]
            assert thread.count == len({place.message_id for place in shown})
            assert thread.last_at == max((place.sort_at for place in shown), default=None)
        transaction.set_rollback(True)


DRIFTS = {
    "a folder": lambda inbox: Folder.objects.filter(pk=inbox.pk).update(live=7, unread=0),
    "a row": lambda inbox: ThreadFolder.objects.update(unread=5),
    "no row": lambda inbox: ThreadFolder.objects.all().delete(),
    "a letter": lambda inbox: Placement.objects.update(flags=int(Flag.SEEN)),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_e54_counts_that_drifted_are_right_the_next_day(alices: Mailbox, drift: str) -> None:
    inbox = alices.folders.get(role="inbox")
    land(inbox, raw("a"), uid=1)
    reconciling.reconcile_due()
    DRIFTS[drift](inbox)
    reconciling.reconcile_due()
    assert list(counted(Folder.objects.filter(pk=inbox.pk)))
    Folder.objects.update(counted_at=timezone.now() - timedelta(days=1))
    reconciling.reconcile_due()
    assert list(counted(Folder.objects.filter(pk=inbox.pk))) == []
