"""Which letter of the server's is ours, when its UID is not known: after a lost answer, or without UIDPLUS."""

from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.mime.bounces import OUR_HEADER
from mailbox.models import Folder, Message, Placement
from mailbox.sync.session import Session

FACTS = Items(size=True, internal_date=True, header=("message-id",))
NAMES = Items(header=(OUR_HEADER,))


def find(session: Session, folder: Folder, message: Message) -> int | None:
    """The UID in that folder of a letter with this Message-ID and size that no placement of ours has yet; the newest."""
    return max((one.uid for one in namesakes(session, folder, message) if is_same(message, one)), default=None)


def namesakes(session: Session, folder: Folder, message: Message) -> list[Fetched]:
    """The letters in that folder with this Message-ID that no placement of ours has yet; none for a letter without one."""
    return _named(session, folder, "Message-ID", message.message_id, FACTS, f"<{message.message_id}>")


def renamed(session: Session, folder: Folder, message: Message) -> bool:
    """Whether a provider has filed its copy of that letter under another Message-ID: our own header still says the first."""
    return bool(_named(session, folder, OUR_HEADER, message.message_id, NAMES, f": {message.message_id}\r"))


def _named(session: Session, folder: Folder, field: str, name: str, items: Items, exactly: str) -> list[Fetched]:
    """`exactly`: HEADER finds whatever holds the text."""
    selected = session.select(folder)
    found = set(session.client.search_header(field, name)) if name else set()
    held = Placement.objects.filter(folder=folder, uidvalidity=selected.uidvalidity, uid__in=found)
    free = UidSet.of(found - set(held.values_list("uid", flat=True)))
    there = session.client.fetch(free, items) if free else ()
    return [one for one in there if exactly.encode() in (one.header or b"")]


def is_same(message: Message, there: Fetched) -> bool:
    """RFC822.SIZE is an estimate on some servers (RFC 2683 section 3.4.5), so an equal INTERNALDATE will do as well."""
    if there.size == message.size:
        return True
    return there.internal_date is not None and abs((there.internal_date - message.internal_date).total_seconds()) < 1
