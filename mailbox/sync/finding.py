"""Which letter of the server's is ours, when its UID is not known: after a lost answer, or without UIDPLUS."""

from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.models import Folder, Message, Placement
from mailbox.sync.session import Session

FACTS = Items(size=True, internal_date=True, header=("message-id",))


def find(session: Session, folder: Folder, message: Message) -> int | None:
    """The UID in that folder of a letter with this Message-ID and size that no placement of ours has yet; the newest."""
    return max((one.uid for one in namesakes(session, folder, message) if is_same(message, one)), default=None)


def namesakes(session: Session, folder: Folder, message: Message) -> list[Fetched]:
    """The letters in that folder with this Message-ID that no placement of ours has yet; none for a letter without one."""
    selected = session.select(folder)
    found = set(session.client.search_message_id(message.message_id)) if message.message_id else set()
    held = Placement.objects.filter(folder=folder, uidvalidity=selected.uidvalidity, uid__in=found)
    free = UidSet.of(found - set(held.values_list("uid", flat=True)))
    exactly = f"<{message.message_id}>".encode()  # HEADER finds whatever holds the text
    there = session.client.fetch(free, FACTS) if free else ()
    return [one for one in there if exactly in (one.header or b"")]


def is_same(message: Message, there: Fetched) -> bool:
    """RFC822.SIZE is an estimate on some servers (RFC 2683 section 3.4.5), so an equal INTERNALDATE will do as well."""
    if there.size == message.size:
        return True
    return there.internal_date is not None and abs((there.internal_date - message.internal_date).total_seconds()) < 1
