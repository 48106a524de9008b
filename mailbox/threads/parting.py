"""A person knows better which letters belong together: conversations joined by hand, and letters split off."""

from mailbox.models import Merged, Message, Reference, Thread
from mailbox.reading.subjects import base_subject, digest
from mailbox.threads.joining import CAP, merge_rows
from mailbox.threads.rows import refresh

__all__ = ["CAP", "part", "rejoin", "split", "unite"]


def unite(winner: Thread, loser: Thread) -> set[int]:
    """The folders concerned, like of every deed here; call all of them under `lock`."""
    letters = list(loser.messages.values_list("pk", flat=True))
    references = list(loser.references.values_list("pk", flat=True))
    folders = merge_rows(loser.mailbox_id, loser.pk, winner.pk)
    Merged.objects.filter(pk=loser.pk).update(letters=letters, references=references)
    return folders


def part(merged: Merged) -> set[int]:
    """What was united is two again, each under its old address; what has come since stays where it is."""
    base = Message.objects.filter(pk__in=merged.letters).values_list("subject", flat=True).first() or ""
    thread = Thread.objects.create(pk=merged.old, mailbox_id=merged.mailbox_id, base_subject=base_subject(base))
    Message.objects.filter(pk__in=merged.letters, thread=merged.thread_id).update(thread=thread)
    Reference.objects.filter(pk__in=merged.references, thread=merged.thread_id).update(thread=thread)
    merged.delete()
    return refresh([merged.thread_id, thread.pk])


def split(message: Message) -> Thread:
    """The letter begins a conversation of its own; answers to it will join that one."""
    old, base = message.thread_id, base_subject(message.subject)
    thread = Thread.objects.create(mailbox_id=message.mailbox_id, base_subject=base, apart=True)
    Message.objects.filter(pk=message.pk).update(thread=thread)
    if message.message_id:
        Reference.objects.filter(mailbox=message.mailbox_id, digest=digest(message.message_id, base)).update(thread=thread)
    refresh([old, thread.pk])
    return thread


def rejoin(thread: Thread, old: Thread) -> set[int]:
    """As if never split off."""
    return merge_rows(thread.mailbox_id, thread.pk, old.pk)
