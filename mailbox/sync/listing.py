"""The folders of a Mailbox, as its server lists them."""

from django.utils import timezone

from mailbox import threads
from mailbox.imap.events import FolderStatus
from mailbox.imap.folders import ListedFolder
from mailbox.models import Change, Folder, Message
from mailbox.sync import gmail, plan
from mailbox.sync.session import Session

TREE_KINDS = [Change.Kind.CREATE, Change.Kind.RENAME, Change.Kind.DELETE]


def bring_up(session: Session) -> tuple[list[Folder], dict[str, FolderStatus]]:
    """Add, rename and drop our folders after one listing; all of ours, and the figures that came with it, by wire name. While
    a Change to a folder waits, ours are the better word."""
    listed, figures = session.client.list_with_figures()
    folders = Folder.objects.filter(mailbox=session.mailbox)
    actions = _actions(session, [_held(folder) for folder in folders], [one for one in listed if _fits(one)])
    if actions or session.client.has_labels:
        if not Change.objects.open().filter(mailbox=session.mailbox, kind__in=TREE_KINDS).exists():
            _carry_out(session, actions)
            gmail.sort(session)
        folders = folders.all()
    return list(folders), {status.wire_name: status for status in figures}


def _actions(session: Session, held: list[plan.Held], listings: list[ListedFolder]) -> list[plan.TreeAction]:
    marks = {name: _mark(session.client.status(name)) for name in plan.unknown(listings, held)}
    return plan.tree(listings, held, marks)


def _carry_out(session: Session, actions: list[plan.TreeAction]) -> None:
    if not actions:
        return
    with session.writing():
        for action in actions:
            _apply(session, action)
    session.tell(("mailbox", session.mailbox.pk))


def _fits(listing: ListedFolder) -> bool:
    """A name that no row can hold is as good as no folder."""
    return len(listing.wire_name.encode()) <= 2000 and "\0" not in listing.wire_name


def _held(folder: Folder) -> plan.Held:
    return plan.Held(
        id=folder.pk,
        wire_name=folder.wire_name,
        role=folder.role,
        selectable=folder.selectable,
        missing=folder.missing_since is not None,
        mark=plan.Mark(folder.uidvalidity, folder.uidnext, folder.mirrored),
    )


def _mark(status: FolderStatus) -> plan.Mark:
    return plan.Mark(status.uidvalidity or 0, status.uidnext or 0, status.messages or 0)


def _apply(session: Session, action: plan.TreeAction) -> None:
    match action:
        case plan.Add(listing):
            Folder.objects.create(mailbox=session.mailbox, **_columns(listing))
        case plan.Update(folder, listing) | plan.Rename(folder, listing):
            Folder.objects.filter(pk=folder).update(missing_since=None, **_columns(listing))
        case plan.Miss(folder):
            Folder.objects.filter(pk=folder).update(missing_since=timezone.now())
        case plan.Drop(folder):
            _drop(folder)


def _columns(listing: plan.Listing) -> dict[str, object]:
    columns: dict[str, object] = {
        "name": listing.name[:1000],
        "wire_name": listing.wire_name,
        "delimiter": listing.delimiter[:1],
        "selectable": listing.selectable,
    }
    return columns | ({"role": listing.role} if listing.role else {})


def _drop(folder_id: int) -> None:
    """Its letters stay as Messages for a while: they may turn up in another folder."""
    concerned = set(Message.objects.filter(placements__folder=folder_id).values_list("thread", flat=True))
    Folder.objects.filter(pk=folder_id).delete()
    threads.refresh(concerned)
