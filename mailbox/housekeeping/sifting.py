"""Letters that came are sifted: each filter of their Mailbox that fits does with them what its person wants done."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mailbox import threads
from mailbox.models import Filter, Folder, Mailbox, Message, Placement, SearchEntry
from mailbox.search.conditions import Eye, Part, part
from mailbox.search.query import parse
from mailbox.search.tree import And, Fact, Node
from mailbox.sync import filters

PIECE = 500  # letters in one transaction
SLACK = timedelta(days=2)  # that a letter may be on its way between its server's clock and our last look
WAIT = timedelta(hours=1)  # for the text of a letter that is only listed yet


def sift(mailbox_id: int) -> None:
    """What has come to the inbox since the last time."""
    while _sift_piece(mailbox_id):
        pass


@transaction.atomic
def _sift_piece(mailbox_id: int) -> bool:
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
        filters.count(rule, fitting)
    whole = len(here) == len(piece) < PIECE
    top = newest if whole else here[-1].message_id if here else mailbox.sifted_to
    Mailbox.objects.filter(pk=mailbox_id).update(sifted_to=top, sifted_at=now if whole else mailbox.sifted_at)
    return len(here) == PIECE


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
    return part(tree_of(rule), Eye(filters.owner_of(rule), timezone.now(), UTC))


def tree_of(rule: Filter) -> Node:
    fields = (("from", rule.sender), ("to", rule.to), ("subject", rule.subject))
    asked = [parse(f"{name}:({text})").tree for name, text in fields if text.strip()]
    words = [parse(rule.words).tree] if rule.words.strip() else []
    return And((*asked, *words, *([Fact("has", "attachment")] if rule.has_file else [])))


def _sorted(rules: Sequence[Filter], letters: Sequence[Placement]) -> list[tuple[Filter, list[Placement]]]:
    """Each filter with the letters that it fits, and what it says is done with them."""
    pairs = [(rule, _fitting(rule, letters)) for rule in rules] if letters else []
    filters.apply(pairs)
    return pairs


def _fitting(rule: Filter, letters: Sequence[Placement]) -> list[Placement]:
    wanted = wish_of(rule)
    young = {one.message_id: one for one in letters if one.sort_at >= rule.since}
    if wanted is None or not young:
        return []
    found = SearchEntry.objects.filter(wanted.whole, message__in=young.keys()).values_list("message_id", flat=True)
    return [young[message] for message in found]
