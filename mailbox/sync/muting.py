"""A conversation that a person no longer wants to hear: its letters go from the inbox to the archive, now and whenever
more come; the server is told like of every move."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from mailbox import live, threads
from mailbox.models import Folder, Mailbox, Placement, Thread
from mailbox.sync import changes
from mailbox.sync.changes import Places
from mailbox.sync.rights import enter
from mailbox.sync.tokens import Undo, seal

MUTED = "muted"  # the kind of our tokens


@transaction.atomic
def mute(user: User, placements: Places) -> Undo:
    """The conversations of these letters; `count` is how many."""
    concerned = set(placements.values_list("message__thread", flat=True))
    done = changes.archive(user, placements.filter(folder__role=Folder.Role.INBOX))
    _set(user, concerned, True)
    return Undo(seal(user, MUTED, sorted(concerned), done.token), len(concerned))


@transaction.atomic
def unmute(user: User, placements: Places) -> int:
    concerned = set(placements.values_list("message__thread", flat=True))
    _set(user, concerned, False)
    return len(concerned)


@transaction.atomic
def undo(user: User, thread_ids: Sequence[int], token: str) -> int:
    _set(user, thread_ids, False)
    changes.undo(user, token)
    return len(thread_ids)


def carry_on(mailbox: Mailbox) -> int:
    """What has come to the inbox meanwhile goes after the rest; how many letters."""
    muted = Placement.objects.live().filter(folder__mailbox=mailbox, folder__role=Folder.Role.INBOX, message__thread__muted=True)
    if not Thread.objects.filter(mailbox=mailbox, muted=True).exists() or not muted.exists():
        return 0
    with transaction.atomic():
        threads.lock(mailbox.pk)
        archive = changes.folder_for(mailbox.pk, changes.ARCHIVES)
        pairs = [(placement, archive) for placement in muted.select_related("folder", "message")]
        return len(changes.relocate(pairs, uuid4().hex))


def _set(user: User, thread_ids: Sequence[int] | set[int], muted: bool) -> None:
    found = Thread.objects.of(user).filter(pk__in=thread_ids)
    enter(user, found.values_list("mailbox", flat=True).order_by().distinct())
    found.update(muted=muted)
    for mailbox, thread in found.values_list("mailbox", "pk"):
        live.tell_of(mailbox, "thread", thread)
