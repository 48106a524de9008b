"""Letters that came are sifted: each filter of their Mailbox that fits does with them what its person wants done."""

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from itertools import takewhile
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from mailbox import bell, threads
from mailbox.models import Access, Filter, Flag, Folder, Mailbox, Message, Placement, SearchEntry
from mailbox.search.conditions import Eye, Part, part
from mailbox.search.query import parse
from mailbox.search.tree import And, Fact, Node
from mailbox.sync import changes, labelling

PIECE = 500  # letters in one transaction
SLACK = timedelta(days=2)  # that a letter may be on its way between its server's clock and our last look
WAIT = timedelta(hours=1)  # for the text of a letter that is only listed yet

Pair = tuple[Placement, Folder]


def sift(mailbox_id: int) -> None:
    """What has come to the inbox since the last time; then some of what was there before, for a filter that is new."""
    while _sift_new(mailbox_id):
        pass
    for filter_id in Filter.objects.active(mailbox_id).exclude(old_below=None).values_list("pk", flat=True):
        while _sift_old(filter_id):
            pass


def ring_for_all() -> None:
    """What a clock asks for: a bell may have been lost, a worker killed."""
    for mailbox_id in Filter.objects.filter(on=True).exclude(old_below=None).values_list("mailbox", flat=True).distinct():
        bell.ring("mirror.sift", mailbox_id)


@transaction.atomic
def _sift_new(mailbox_id: int) -> bool:
    """One piece; whether there may be another. A letter whose text is on its way is waited for, and those behind it wait."""
    rules = list(Filter.objects.active(mailbox_id).select_related("folder").order_by("position", "pk"))
    if not rules:
        return False
    threads.lock(mailbox_id)
    mailbox, now = Mailbox.objects.get(pk=mailbox_id), timezone.now()
    since = min(rule.since for rule in rules)
    since = max(since, mailbox.sifted_at - SLACK) if mailbox.sifted_at else since
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    fresh = in_inbox(mailbox_id).filter(sort_at__gte=since, message__gt=mailbox.sifted_to).order_by("message")
    piece = list(fresh.select_related("folder", "message")[:PIECE])
    here = list(takewhile(lambda one: not one.message.remote or one.sort_at < now - WAIT, piece))
    for rule, fitting in _sorted(rules, here):
        _count(rule, fitting)
    whole = len(here) == len(piece) < PIECE
    top = newest if whole else here[-1].message_id if here else mailbox.sifted_to
    Mailbox.objects.filter(pk=mailbox_id).update(sifted_to=top, sifted_at=now if whole else mailbox.sifted_at)
    return len(here) == PIECE


@transaction.atomic
def _sift_old(filter_id: int) -> bool:
    """One piece of what was in the inbox before the filter was made, the newest first."""
    rule = Filter.objects.select_for_update(of=("self",)).select_related("folder").filter(pk=filter_id).first()
    if rule is None or rule.old_below is None:
        return False
    threads.lock(rule.mailbox_id)
    found = fitting_in_inbox(rule).filter(message__lte=rule.old_below).order_by("-message")
    piece = list(found.select_related("folder", "message")[:PIECE])
    _apply([(rule, piece)])
    _count(rule, piece)
    rule.old_below = piece[-1].message_id - 1 if len(piece) == PIECE else None
    rule.save(update_fields=["old_below"])
    return rule.old_below is not None


def in_inbox(mailbox_id: int) -> QuerySet[Placement]:
    return Placement.objects.live().filter(folder__mailbox=mailbox_id, folder__role=Folder.Role.INBOX)


def fitting_in_inbox(rule: Filter) -> QuerySet[Placement]:
    """The letters in the inbox that the filter would have caught."""
    wanted = wish_of(rule)
    if wanted is None:
        return Placement.objects.none()
    scope = Q(tsv__words=f"'@{rule.mailbox_id}'" + f" & ({wanted.words})" * bool(wanted.words))
    entries = SearchEntry.objects.filter(scope & wanted.rest if wanted.rest is not None else scope)
    return in_inbox(rule.mailbox_id).filter(message__in=entries.values("message"))


def wish_of(rule: Filter) -> Part | None:
    """What a letter must have; None: nothing is asked, and nothing fits."""
    return part(tree_of(rule), Eye(owner_of(rule), timezone.now(), UTC))


def owner_of(rule: Filter) -> User:
    return User.objects.filter(access__mailbox=rule.mailbox_id, access__role=Access.Role.OWNER).first() or User()


def tree_of(rule: Filter) -> Node:
    fields = (("from", rule.sender), ("to", rule.to), ("subject", rule.subject))
    asked = [parse(f"{name}:({text})").tree for name, text in fields if text.strip()]
    words = [parse(rule.words).tree] if rule.words.strip() else []
    return And((*asked, *words, *([Fact("has", "attachment")] if rule.has_file else [])))


def _sorted(rules: Sequence[Filter], letters: Sequence[Placement]) -> list[tuple[Filter, list[Placement]]]:
    """Each filter with the letters that it fits, and what it says is done with them."""
    pairs = [(rule, _fitting(rule, letters)) for rule in rules] if letters else []
    _apply(pairs)
    return pairs


def _fitting(rule: Filter, letters: Sequence[Placement]) -> list[Placement]:
    wanted = wish_of(rule)
    young = {one.message_id: one for one in letters if one.sort_at >= rule.since}
    if wanted is None or not young:
        return []
    found = SearchEntry.objects.filter(wanted.whole, message__in=young.keys()).values_list("message_id", flat=True)
    return [young[message] for message in found]


def _apply(pairs: Iterable[tuple[Filter, list[Placement]]]) -> None:
    """First every mark, then the way: a letter goes where the first filter that names a place wants it."""
    batch, goes = uuid4().hex, dict[int, Pair]()
    for rule, letters in pairs:
        if rule.label and letters:
            _label(rule, letters, batch)
        for flag in ([Flag.SEEN] if rule.read else []) + ([Flag.FLAGGED] if rule.star else []):
            changes.put_flag(letters, flag, True, batch)
        target = target_of(rule) if letters else None
        goes |= {one.pk: (one, target) for one in letters if target and one.pk not in goes}
    if goes:
        changes.relocate(list(goes.values()), batch)


def _label(rule: Filter, letters: Sequence[Placement], batch: str) -> None:
    """As its owner would; the letters know it too, because those that move on take it along."""
    places = Placement.objects.filter(pk__in=[one.pk for one in letters])
    labelling.label(owner_of(rule), places, rule.label, True, batch=batch)
    keywords = dict(places.values_list("pk", "keywords"))
    for one in letters:
        one.keywords = keywords[one.pk]


def target_of(rule: Filter) -> Folder | None:
    """Where its letters go; None: they stay."""
    if rule.do == Filter.Do.ARCHIVE:
        return changes.folder_for(rule.mailbox_id, changes.ARCHIVES)
    if rule.do == Filter.Do.TRASH:
        return changes.folder_for(rule.mailbox_id, (Folder.Role.TRASH,))
    return rule.folder if rule.do == Filter.Do.MOVE else None


def _count(rule: Filter, letters: Sequence[Placement]) -> None:
    if letters:
        Filter.objects.filter(pk=rule.pk).update(matched=F("matched") + len(letters), matched_at=timezone.now())
