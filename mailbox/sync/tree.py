"""What a click does to folders: here at once, and a Change row beside it remembers to tell the server."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import bell, live
from mailbox.imap import utf7
from mailbox.imap.errors import BadArgument
from mailbox.models import Change, Folder, Mailbox
from mailbox.sync.rights import CannotChange, enter

LONGEST_NAME = 400  # octets on the wire


@transaction.atomic
def create_folder(user: User, mailbox: Mailbox, name: str) -> Folder:
    """Make a folder; the delimiter in its name makes it an inner one."""
    enter(user, [mailbox.pk])
    return make_folder(mailbox.pk, name)


@transaction.atomic
def rename_folder(user: User, folder: Folder, name: str) -> None:
    """Give it another name, and its inner folders with it."""
    enter(user, [folder.mailbox_id])
    if folder.role == Folder.Role.INBOX:
        raise CannotChange(_("The inbox keeps its name."))
    old, new = folder.wire_name, _free_name(folder.mailbox_id, name)
    rename_rows(folder, new)
    _remember_folder(folder, Change.Kind.RENAME, {"folder": folder.pk, "from": old, "name": new})


def rename_rows(folder: Folder, wire_name: str) -> None:
    """Give our rows the name, those of the inner folders as well: that is what RENAME does (RFC 9051 section 6.3.6)."""
    old = folder.wire_name
    inner = Folder.objects.filter(mailbox=folder.mailbox_id, wire_name__startswith=old + folder.delimiter).exclude(pk=folder.pk)
    for row in (folder, *(inner if folder.delimiter else ())):
        row.wire_name = wire_name + row.wire_name[len(old) :]
        row.name = utf7.decode(row.wire_name)
        row.save(update_fields=["wire_name", "name"])


@transaction.atomic
def delete_folder(user: User, folder: Folder) -> None:
    """Remove an empty folder: IMAP would destroy the letters in it (RFC 9051 section 6.3.5)."""
    enter(user, [folder.mailbox_id])
    folder.refresh_from_db()
    inner = Folder.objects.filter(mailbox=folder.mailbox_id, wire_name__startswith=folder.wire_name + folder.delimiter)
    if folder.role:
        raise CannotChange(_("This folder has a task and cannot be deleted."))
    if folder.live or inner.exclude(pk=folder.pk).exists():
        raise CannotChange(_("Only an empty folder can be deleted. Move its letters and folders first."))
    Folder.objects.filter(pk=folder.pk).update(leaving=True)
    _remember_folder(folder, Change.Kind.DELETE, {"folder": folder.pk})


def make_folder(mailbox_id: int, name: str, role: str = Folder.Role.NONE) -> Folder:
    wire_name = _free_name(mailbox_id, name)
    delimiter = Folder.objects.filter(mailbox=mailbox_id).exclude(delimiter="").values_list("delimiter", flat=True).first()
    folder = Folder.objects.create(
        mailbox_id=mailbox_id,
        name=utf7.decode(wire_name),
        wire_name=wire_name,
        delimiter=delimiter or "",
        role=role,
        backfill_low_uid=0,
    )
    _remember_folder(folder, Change.Kind.CREATE, {"folder": folder.pk, "name": wire_name})
    return folder


def _free_name(mailbox_id: int, name: str) -> str:
    """The wire's form of a name that a person typed. Raises CannotChange if it cannot be one or is taken."""
    taken = Folder.objects.filter(mailbox=mailbox_id)
    try:
        wire_name = utf7.encode(" ".join(name.split()))
    except BadArgument:
        wire_name = ""
    if not wire_name or len(wire_name) > LONGEST_NAME:
        raise CannotChange(_("Give the folder a name of 1 to 200 plain characters."))
    wire_name = _inside_inbox(taken, wire_name)
    if taken.filter(wire_name__iexact=wire_name).exists():
        raise CannotChange(_("There is a folder of that name already."))
    return wire_name


def _remember_folder(folder: Folder, kind: Change.Kind, args: dict[str, object]) -> None:
    if not folder.mailbox.is_collected:
        Change.objects.create(mailbox_id=folder.mailbox_id, kind=kind, args=args)
        bell.ring("mirror.push", folder.mailbox_id)
    elif kind == Change.Kind.DELETE:
        Folder.objects.filter(pk=folder.pk).delete()
    live.tell_of(folder.mailbox_id, "mailbox", folder.mailbox_id)


def _inside_inbox(folders: QuerySet[Folder], wire_name: str) -> str:
    """Some servers keep every folder of a person below INBOX; a new one must lie there too."""
    rows = folders.exclude(role=Folder.Role.INBOX).values_list("wire_name", "delimiter")
    prefixes = {f"INBOX{delimiter}" if name.startswith(f"INBOX{delimiter}") else "" for name, delimiter in rows}
    prefix = prefixes.pop() if len(prefixes) == 1 else ""
    return wire_name if wire_name.startswith(prefix) else prefix + wire_name
