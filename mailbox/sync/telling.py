"""How each kind of Change is said to a server, and what its answer changes here.

Every function talks outside a transaction and hands back a Settle, which is called inside one.
"""

from collections.abc import Callable, Sequence
from functools import partial

from mailbox.imap.errors import CommandRefused
from mailbox.models import Change, Folder
from mailbox.sync import filing, marking, moving, removing
from mailbox.sync.session import Session, Settle
from mailbox.wire import Refused


def source_of(change: Change) -> int | None:
    """The placement under whose UID the server knows the letter."""
    placement: int | None = change.args.get("source", change.args.get("placement"))
    return placement


def _nothing() -> set[int]:
    return set()


# --- Folders --------------------------------------------------------------------------------------------------------------


def _create(session: Session, changes: Sequence[Change]) -> Settle:
    try:
        session.client.create(changes[0].args["name"])
    except CommandRefused as error:
        if error.code != "ALREADYEXISTS":
            raise
    return _nothing


def _rename(session: Session, changes: Sequence[Change]) -> Settle:
    change = changes[0]
    try:
        session.client.rename(change.args["from"], change.args["name"])
    except CommandRefused as error:
        if not (change.attempts and error.code == "NONEXISTENT"):  # told before, and the answer was lost
            raise
    return _nothing


def _delete(session: Session, changes: Sequence[Change]) -> Settle:
    folder = Folder.objects.filter(pk=changes[0].args["folder"]).first()
    if folder is None:
        return _nothing
    name = session.name_of(folder)
    try:
        if session.client.status(name).messages:
            raise Refused("There are letters in this folder on the mail server that are not here yet.")
        session.client.delete(name)
    except CommandRefused as error:
        if error.code != "NONEXISTENT":
            raise
    return partial(_forget, folder)


def _forget(folder: Folder) -> set[int]:
    folder.delete()
    return set()


TELL: dict[str, Callable[[Session, Sequence[Change]], Settle]] = {
    Change.Kind.FLAG: marking.store,
    Change.Kind.KEYWORD: marking.store,
    Change.Kind.MOVE: moving.move,
    Change.Kind.EXPUNGE: removing.expunge,
    Change.Kind.APPEND: filing.append,
    Change.Kind.CREATE: _create,
    Change.Kind.RENAME: _rename,
    Change.Kind.DELETE: _delete,
}
