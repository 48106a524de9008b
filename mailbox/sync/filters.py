"""What a filter does with letters, those that come and those that are here already."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.db.models import Count, F, Max, Min
from django.utils import timezone

from accounts.models import User
from mailbox import bell
from mailbox.models import Access, Change, Filter, Flag, Folder, Placement
from mailbox.sync import changes, labelling
from mailbox.sync.changes import Places
from mailbox.sync.rights import enter
from mailbox.sync.tokens import Undo

Pair = tuple[Placement, Folder]


def ring(mailbox_id: int) -> None:
    """Letters have come in: if anybody wants some treated, a worker is rung for, beside the rest of the pass."""
    if Filter.objects.active(mailbox_id).exists():
        bell.ring("mirror.sift", mailbox_id)


def treat(user: User, rule: Filter, places: Places, *, batch: str) -> Undo:
    """As if these letters had just come; `count` is of those that are different now. Raises CannotChange."""
    enter(user, [rule.mailbox_id])
    letters = list(places.select_related("folder", "message").order_by("pk"))
    apply([(rule, letters)], batch)
    count(rule, letters)
    made = Change.objects.filter(message__in=[one.message_id for one in letters], args__batch=batch)
    facts = made.aggregate(letters=Count("message", distinct=True), first=Min("pk"), last=Max("pk"))
    return Undo("", facts["letters"], facts["first"] or 0, facts["last"] or 0)


def apply(pairs: Iterable[tuple[Filter, Sequence[Placement]]], batch: str = "") -> None:
    """First every mark, then the way: a letter goes where the first filter that names a place wants it."""
    batch, goes = batch or uuid4().hex, dict[int, Pair]()
    for rule, letters in pairs:
        if rule.label and letters:
            _label(rule, letters, batch)
        for flag in ([Flag.SEEN] if rule.read else []) + ([Flag.FLAGGED] if rule.star else []):
            changes.put_flag(letters, flag, True, batch)
        target = _target_of(rule) if letters else None
        goes |= {one.pk: (one, target) for one in letters if target and one.pk not in goes}
    if goes:
        changes.relocate(list(goes.values()), batch)


def count(rule: Filter, letters: Sequence[Placement]) -> None:
    if letters:
        Filter.objects.filter(pk=rule.pk).update(matched=F("matched") + len(letters), matched_at=timezone.now())


def owner_of(rule: Filter) -> User:
    return User.objects.filter(access__mailbox=rule.mailbox_id, access__role=Access.Role.OWNER).first() or User()


def _label(rule: Filter, letters: Sequence[Placement], batch: str) -> None:
    """As its owner would; the letters know it too, because those that move on take it along."""
    places = Placement.objects.filter(pk__in=[one.pk for one in letters])
    labelling.label(owner_of(rule), places, rule.label, True, batch=batch)
    keywords = dict(places.values_list("pk", "keywords"))
    for one in letters:
        one.keywords = keywords[one.pk]


def _target_of(rule: Filter) -> Folder | None:
    """Where its letters go; None: they stay."""
    if rule.do == Filter.Do.ARCHIVE:
        return changes.folder_for(rule.mailbox_id, changes.ARCHIVES)
    if rule.do == Filter.Do.TRASH:
        return changes.folder_for(rule.mailbox_id, (Folder.Role.TRASH,))
    return rule.folder if rule.do == Filter.Do.MOVE else None
