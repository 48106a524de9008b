"""Conversations are joined and letters split off by hand. The server knows no conversations: nothing is told to it."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import live, threads
from mailbox.models import Merged, Message, Thread
from mailbox.models.thread import ThreadQuerySet
from mailbox.sync.rights import CannotChange, enter
from mailbox.sync.tokens import Undo, seal
from mailbox.threads import parting

JOINED, SPLIT = "joined", "split"  # the kinds of our tokens


@transaction.atomic
def join(user: User, some: ThreadQuerySet) -> tuple[Thread, Undo]:
    """They become part of the oldest of them. Raises CannotChange."""
    enter(user, some.values_list("mailbox", flat=True).order_by().distinct())
    found = list(some.order_by("pk"))
    if len(found) < 2:
        raise CannotChange(_("Choose two conversations or more."))
    if len({thread.mailbox_id for thread in found}) > 1:
        raise CannotChange(_("Only conversations of one mailbox can be joined."))
    if sum(thread.count for thread in found) >= threads.CAP:
        raise CannotChange(_("Together they would be too long for one conversation."))
    winner, *losers = found
    _tell(winner.mailbox_id, set().union(*(parting.unite(winner, loser) for loser in losers)), winner.pk)
    return winner, Undo(seal(user, JOINED, [loser.pk for loser in losers]), len(found))


@transaction.atomic
def undo_join(user: User, olds: Sequence[int]) -> int:
    found = Merged.objects.of(user).filter(pk__in=olds)
    enter(user, found.values_list("mailbox", flat=True).order_by().distinct())
    for merged in list(found):
        _tell(merged.mailbox_id, parting.part(merged), merged.thread_id, merged.old)
    return len(olds)


@transaction.atomic
def split(user: User, message: Message) -> tuple[Thread, Undo]:
    """Raises CannotChange for a letter that is alone."""
    enter(user, [message.mailbox_id])
    message.refresh_from_db(fields=["thread"])
    old = message.thread
    if old.count < 2:
        raise CannotChange(_("This letter is a conversation of its own already."))
    thread = parting.split(message)
    folders = set(thread.places.values_list("folder", flat=True))
    _tell(message.mailbox_id, folders, old.pk, thread.pk)
    return thread, Undo(seal(user, SPLIT, thread.pk, old.pk), 1)


@transaction.atomic
def undo_split(user: User, thread_id: int, old_id: int) -> int:
    found = Thread.objects.of(user).filter(pk__in=[thread_id, old_id])
    enter(user, found.values_list("mailbox", flat=True).order_by().distinct())
    both = {thread.pk: thread for thread in found}
    if len(both) < 2:
        raise CannotChange(_("This can no longer be undone."))
    _tell(both[old_id].mailbox_id, parting.rejoin(both[thread_id], both[old_id]), old_id)
    return 1


def _tell(mailbox_id: int, folders: set[int], *thread_ids: int) -> None:
    live.tell_of(mailbox_id, "folder", *folders)
    live.tell_of(mailbox_id, "thread", *thread_ids)
