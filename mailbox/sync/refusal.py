"""A server said no: what the click did here is taken back, and later Changes to the letter go on from there."""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from mailbox.imap.errors import CommandRefused
from mailbox.models import Change, Folder, Message, Placement
from mailbox.sync import tree
from mailbox.sync.rights import enter
from mailbox.sync.session import sentence
from mailbox.wire import Refused


def take_back(change: Change) -> None:
    """In the transaction that closes the Change, after it was closed."""
    _TAKE_BACK[Change.Kind(change.kind)](change)


def words(error: Refused) -> str:
    """What the server said, behind its response code if it gave one."""
    if isinstance(error, CommandRefused) and error.code:
        return f"[{error.code}] {sentence(error)}"
    return sentence(error)


@transaction.atomic
def forget(user: User, message: Message) -> None:
    """The person has read it."""
    enter(user, [message.mailbox_id])
    Change.objects.filter(message=message, state=Change.State.REFUSED).delete()


def _flag(change: Change) -> None:
    """As the server has it, but for what else the person did meanwhile."""
    for placement in Placement.objects.filter(pk=change.args["placement"]):
        overlay = Change.objects.overlays([placement.message_id])[placement.pk]
        placement.hear(placement.server_flags, placement.server_keywords, overlay)
        placement.save(update_fields=["flags", "keywords"])


def _move(change: Change) -> None:
    """Back to where it came from, with the flags it got on its way."""
    old, new = change.args["source"], change.args["placement"]
    arrived = Placement.objects.filter(pk=new).first()
    if arrived is None:  # it went with its folder
        Placement.objects.filter(pk=old).update(gone_at=None)
        return
    if not Placement.objects.filter(pk=old).update(gone_at=arrived.gone_at, flags=arrived.flags):
        return
    for later in Change.objects.open().filter(message=change.message_id, pk__gt=change.pk):
        if later.args.get("source") == new:
            later.args |= {"source": old, "from": change.args["from"]}
        elif later.args.get("placement") == new:
            later.args |= {"placement": old}
        later.save(update_fields=["args"])
    arrived.delete()


def _expunge(change: Change) -> None:
    Placement.objects.filter(pk=change.args["placement"]).update(gone_at=None)


def _append(change: Change) -> None:
    """The copy stays here, though the server will not have it: a letter is never lost over a full mailbox."""


def _create(change: Change) -> None:
    """It has no letters: moves into it are refused as well. The next listings do not show it, and it goes."""


def _rename(change: Change) -> None:
    for folder in Folder.objects.filter(pk=change.args["folder"], wire_name=change.args["name"]):
        tree.rename_rows(folder, str(change.args["from"]))


def _delete(change: Change) -> None:
    Folder.objects.filter(pk=change.args["folder"]).update(leaving=False)


_TAKE_BACK: dict[Change.Kind, Callable[[Change], None]] = {
    Change.Kind.FLAG: _flag,
    Change.Kind.KEYWORD: _flag,
    Change.Kind.MOVE: _move,
    Change.Kind.EXPUNGE: _expunge,
    Change.Kind.APPEND: _append,
    Change.Kind.CREATE: _create,
    Change.Kind.RENAME: _rename,
    Change.Kind.DELETE: _delete,
}
