"""What a click does to letters: the change is here at once, and a Change row beside it remembers to tell the server."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import bell, live, threads
from mailbox.imap.labels import HERE
from mailbox.models import Change, Flag, Folder, Mailbox, Placement
from mailbox.models.placement import storable
from mailbox.sync.rights import CannotChange, Forbidden, enter
from mailbox.sync.tokens import Undo, opened, seal
from mailbox.sync.tree import create_folder, delete_folder, make_folder, rename_folder

__all__ = [
    "CannotChange", "Forbidden", "Undo", "archive", "create_folder", "delete_folder", "delete_for_ever", "folder_for", "junk",
    "move", "put_flag", "relocate", "rename_folder", "set_flag", "set_keyword", "to_inbox", "trash", "undo", "undo_batch",
]  # fmt: skip

FILED = "filed"  # the kind of our tokens
ARCHIVES = (Folder.Role.ARCHIVE, Folder.Role.ALL)
TOLD_ONE_BY_ONE = 50  # conversations; of a larger deed the pages hear by folder

Places = QuerySet[Placement]


# --- Letters. Act on a conversation in a folder by giving all its placements there. ------------------------------------


@transaction.atomic
def set_flag(user: User, placements: Places, flag: Flag, on: bool, *, batch: str = "") -> Undo:
    """Letters that were so already are left alone, and do not count."""
    batch = batch or uuid4().hex
    return _undo_of(user, put_flag(_held(user, placements), flag, on, batch), batch)


@transaction.atomic
def set_keyword(user: User, placements: Places, keywords: Mapping[int, str], on: bool, *, batch: str = "") -> Undo:
    """`keywords`: by Mailbox. Letters that are so already are left alone, and do not count."""
    batch = batch or uuid4().hex
    asked = [(place, keywords[place.folder.mailbox_id]) for place in _held(user, placements)]
    held = {place: keyword for place, keyword in asked if (keyword in place.keywords) != on}
    for place, keyword in held.items():
        others = [one for one in place.keywords if one != keyword]
        place.keywords = storable([*others, keyword] if on else others)
    Placement.objects.bulk_update(held, ["keywords"], batch_size=500)
    args = {"on": on, "batch": batch}
    done = _remember(list(held), Change.Kind.KEYWORD, lambda place: {"placement": place.pk, "keyword": held[place]} | args)
    _tell(held)
    return _undo_of(user, done, batch)


@transaction.atomic
def move(user: User, placements: Places, folder: Folder, *, batch: str = "") -> Undo:
    """Put letters into another folder of the same Mailbox."""
    held = _held(user, placements)
    if any(placement.folder.mailbox_id != folder.mailbox_id for placement in held):
        raise CannotChange(_("Letters can only be moved within one mailbox."))
    if not folder.selectable:
        raise CannotChange(_("This folder only holds other folders."))
    return _move(user, [(placement, folder) for placement in held], batch)


def trash(user: User, placements: Places, *, batch: str = "") -> Undo:
    return _move_by_role(user, placements, batch, Folder.Role.TRASH)


def archive(user: User, placements: Places, *, batch: str = "") -> Undo:
    return _move_by_role(user, placements, batch, *ARCHIVES)


def junk(user: User, placements: Places, *, batch: str = "") -> Undo:
    return _move_by_role(user, placements, batch, Folder.Role.JUNK)


def to_inbox(user: User, placements: Places, *, batch: str = "") -> Undo:
    return _move_by_role(user, placements, batch, Folder.Role.INBOX)


@transaction.atomic
def delete_for_ever(user: User, placements: Places) -> int:
    """The one deed that expunges; ask the person first."""
    held = _held(user, placements)
    Placement.objects.filter(pk__in=[placement.pk for placement in held]).update(gone_at=timezone.now())
    _remember(held, Change.Kind.EXPUNGE, lambda placement: {"placement": placement.pk})
    _tell(held)
    return len(held)


@transaction.atomic
def undo(user: User, token: str) -> int:
    """Take a deed back: what the server does not know yet is dropped, what it knows is told again the other way round. How
    many letters. Raises CannotChange for a token that is not this person's or is too old."""
    kind, facts = opened(user, token)
    if kind != FILED:
        raise CannotChange(_("This can no longer be undone."))
    return undo_batch(user, *facts)


@transaction.atomic
def undo_batch(user: User, mailboxes: Sequence[int], first: int, last: int, batch: str) -> int:
    """The Changes of that batch whose ids lie between these two."""
    enter(user, mailboxes)
    done = Change.objects.filter(mailbox__in=mailboxes, pk__range=(first, last), args__batch=batch)
    moves = list(done.filter(kind=Change.Kind.MOVE))
    moved = _undo_moves(user, moves)
    flags = _as_it_lies(list(done.filter(kind=Change.Kind.FLAG).exclude(state=Change.State.REFUSED)), moves, batch)
    for flag, on in {(change.args["flag"], change.args["on"]) for change in flags}:
        alike = [change.args["placement"] for change in flags if (change.args["flag"], change.args["on"]) == (flag, on)]
        set_flag(user, Placement.objects.filter(pk__in=alike), Flag(flag), not on)
    labels = _as_it_lies(list(done.filter(kind=Change.Kind.KEYWORD).exclude(state=Change.State.REFUSED)), moves, batch)
    for mailbox, keyword, on in {(change.mailbox_id, change.args["keyword"], change.args["on"]) for change in labels}:
        deed = (mailbox, keyword, on)
        alike = [one.args["placement"] for one in labels if (one.mailbox_id, one.args["keyword"], one.args["on"]) == deed]
        for name in (keyword, HERE + keyword) if on else (keyword,):  # its server may have been found not to keep it
            set_keyword(user, Placement.objects.filter(pk__in=alike), {mailbox: name}, not on)
    return len(flags) + len(labels) + moved


def _as_it_lies(marks: list[Change], moves: Sequence[Change], batch: str) -> list[Change]:
    """With the placement that each letter has now: one that the same deed moved as well has another when it is back. `moves`
    were taken back just now, and may be forgotten already."""
    messages = {mark.message_id for mark in marks}
    earlier = Change.objects.filter(kind=Change.Kind.MOVE, message__in=messages, args__batch=batch)
    here = Placement.objects.live().filter(message__in=messages)
    back = {(message, folder): pk for message, folder, pk in here.values_list("message", "folder", "pk")}
    now = {
        move.args[place]: back[move.message_id, move.args["from"]]
        for move in (*moves, *earlier)
        for place in ("source", "placement")
        if (move.message_id, move.args["from"]) in back
    }
    for one in marks:
        one.args["placement"] = now.get(one.args["placement"], one.args["placement"])
    return marks


def _undo_moves(user: User, moves: Sequence[Change]) -> int:
    places = Placement.objects.filter(pk__in=[change.args["placement"] for change in moves], gone_at=None)
    lying = {placement.pk: placement for placement in places.select_related("folder", "message")}
    back = [(change, lying[change.args["placement"]]) for change in moves if change.args["placement"] in lying]
    untold = _untold(back)
    homes = Folder.objects.in_bulk([change.args["from"] for change, _ in back])
    _drop([pair for pair in back if pair[0].pk in untold])
    again = [(placement, homes.get(change.args["from"])) for change, placement in back if change.pk not in untold]
    return len(untold) + _move(user, [(placement, home) for placement, home in again if home]).count


# --- Inside ---------------------------------------------------------------------------------------------------------------


def _held(user: User, placements: Places) -> list[Placement]:
    """The letters as they lie, read under the lock of their Mailboxes."""
    enter(user, placements.values_list("folder__mailbox", flat=True).order_by().distinct())
    return list(placements.filter(gone_at=None).select_related("folder", "message").order_by("pk"))


def _remember(placements: Sequence[Placement], kind: Change.Kind, args: Callable[[Placement], dict[str, object]]) -> list[Change]:
    """Write the Changes and ring for them. What is done in folders that live only here is done."""
    mailboxes = {placement.folder.mailbox_id for placement in placements}
    local = set(Mailbox.objects.collected().filter(pk__in=mailboxes).values_list("pk", flat=True))
    now = timezone.now()
    changes = Change.objects.bulk_create(
        Change(
            mailbox_id=(home := placement.folder.mailbox_id),
            message_id=placement.message_id,
            kind=kind,
            args=args(placement),
            state=Change.State.DONE if home in local else Change.State.PENDING,
            done_at=now if home in local else None,
        )
        for placement in placements
    )
    for mailbox in mailboxes - local:
        bell.ring("mirror.push", mailbox)
    return changes


def _tell(placements: Iterable[Placement]) -> None:
    """Recompute the rows of these letters' conversations and tell the open pages."""
    concerned: dict[int, set[int]] = defaultdict(set)
    for placement in placements:
        concerned[placement.folder.mailbox_id].add(placement.message.thread_id)
    for mailbox, thread_ids in concerned.items():
        live.tell_of(mailbox, "folder", *threads.refresh(thread_ids))
        if len(thread_ids) <= TOLD_ONE_BY_ONE:
            live.tell_of(mailbox, "thread", *thread_ids)


@transaction.atomic
def _move_by_role(user: User, placements: Places, batch: str, *roles: Folder.Role) -> Undo:
    held = _held(user, placements)
    targets = {mailbox: folder_for(mailbox, roles) for mailbox in {placement.folder.mailbox_id for placement in held}}
    return _move(user, [(placement, targets[placement.folder.mailbox_id]) for placement in held], batch)


def folder_for(mailbox_id: int, roles: Sequence[Folder.Role]) -> Folder:
    """The folder of the first role that there is; a Mailbox without one gets it."""
    folders = {folder.role: folder for folder in Folder.objects.filter(mailbox=mailbox_id, role__in=roles, selectable=True)}
    found = next((folders[role] for role in roles if role in folders), None)
    return found or make_folder(mailbox_id, roles[0].value.title(), roles[0])


def _move(user: User, pairs: Sequence[tuple[Placement, Folder]], batch: str = "") -> Undo:
    batch = batch or uuid4().hex
    return _undo_of(user, relocate(pairs, batch), batch)


def _undo_of(user: User, changes: Sequence[Change], batch: str) -> Undo:
    ids = [change.pk for change in changes] or [0]
    mailboxes = sorted({change.mailbox_id for change in changes})
    return Undo(seal(user, FILED, mailboxes, min(ids), max(ids), batch), len(changes), min(ids), max(ids))


def put_flag(placements: Sequence[Placement], flag: Flag, on: bool, batch: str) -> list[Change]:
    """Under the locks: those that are not so yet become so."""
    held = [placement for placement in placements if bool(placement.flags & flag) != on]
    for placement in held:
        placement.flags ^= flag
    bits = F("flags").bitor(flag) if on else F("flags").bitand(~flag)
    Placement.objects.filter(pk__in=[placement.pk for placement in held]).update(flags=bits)
    args = {"flag": int(flag), "on": on, "batch": batch}
    changes = _remember(held, Change.Kind.FLAG, lambda placement: {"placement": placement.pk} | args)
    _tell(held)
    return changes


def relocate(pairs: Sequence[tuple[Placement, Folder]], batch: str) -> list[Change]:
    """Under the locks: each letter leaves its place, a gravestone until the server has been told, and lies in the other."""
    leaving = [(placement, folder) for placement, folder in pairs if placement.folder_id != folder.pk]
    Placement.objects.filter(pk__in=[placement.pk for placement, _ in leaving]).update(gone_at=timezone.now())
    arrived = Placement.objects.bulk_create(_moved(placement, folder) for placement, folder in leaving)
    source = {new.pk: old for new, (old, _) in zip(arrived, leaving, strict=True)}
    changes = _remember(
        arrived,
        Change.Kind.MOVE,
        lambda new: (
            {"placement": new.pk, "folder": new.folder_id, "source": source[new.pk].pk, "from": source[new.pk].folder_id}
            | {"batch": batch}
        ),
    )
    _tell([*source.values(), *arrived])
    return changes


def _moved(placement: Placement, folder: Folder) -> Placement:
    return Placement(
        message=placement.message,
        folder=folder,
        uidvalidity=folder.uidvalidity,
        flags=placement.flags,
        keywords=placement.keywords,
        server_flags=placement.server_flags,
        server_keywords=placement.server_keywords,
        sort_at=placement.sort_at,
    )


def _untold(back: Sequence[tuple[Change, Placement]]) -> set[int]:
    """The moves that the server has not heard of and that nothing else builds on."""
    letters = Change.objects.open().filter(message__in=[change.message_id for change, _ in back])
    waiting: Counter[int | None] = Counter(letters.values_list("message_id", flat=True))
    return {change.pk for change, _ in back if change.state == Change.State.PENDING and waiting[change.message_id] == 1}


def _drop(moves: Sequence[tuple[Change, Placement]]) -> None:
    Placement.objects.filter(pk__in=[change.args["source"] for change, _ in moves]).update(gone_at=None)
    Placement.objects.filter(pk__in=[placement.pk for _, placement in moves]).delete()
    Change.objects.filter(pk__in=[change.pk for change, _ in moves]).delete()
    _tell(placement for _, placement in moves)
