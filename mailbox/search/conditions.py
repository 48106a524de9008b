"""A tree becomes a condition on SearchEntry rows: as much of it as can be in one look into the index, the rest beside it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import reduce
from operator import and_, or_
from typing import assert_never

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from mailbox.models import Flag, Folder, Placement
from mailbox.search.places import folders_named, keywords_named
from mailbox.search.terms import terms
from mailbox.search.tree import Age, And, Conversation, Fact, Node, Not, Or, Size, Text, When

HIDDEN = (Folder.Role.TRASH, Folder.Role.JUNK)
STATES = {"read": Flag.SEEN, "starred": Flag.FLAGGED, "answered": Flag.ANSWERED}


@dataclass(frozen=True, slots=True)
class Eye:
    """Who looks, and when, in which zone: dates are days of that person."""

    user: User
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Part:
    """Both must hold: the tsquery `words` (empty: any letter) and `rest` (None: nothing more). If there is no `rest`, the
    words say all; else they may let more letters through than the whole condition does."""

    words: str = ""
    rest: Q | None = None

    @property
    def whole(self) -> Q:
        """The same without the index's help, for use within a larger condition."""
        found = Q(tsv__words=self.words) if self.words else Q()
        return found & self.rest if self.rest is not None else found


def part(node: Node, eye: Eye) -> Part | None:
    """None for what asks nothing: a text without a word."""
    match node:
        case Text():
            found = terms(node)
            return Part(found.words, Q(text__regex=found.check) if found.check else None) if found else None
        case And(of):
            return _all([one for one in (part(leaf, eye) for leaf in of) if one])
        case Or(of):
            return _any([one for one in (part(leaf, eye) for leaf in of) if one])
        case Not(of):
            inner = part(of, eye)
            return inner and _not(inner)
        case Fact("has", value):
            return Part(f"'has={value}'")
        case _:
            return Part(rest=_beside(node, eye))


def _all(some: list[Part]) -> Part | None:
    if len(some) < 2:
        return some[0] if some else None
    words = " & ".join(f"({one.words})" for one in some if one.words)
    rest = [one.rest for one in some if one.rest is not None]
    return Part(words, reduce(and_, rest) if rest else None)


def _any(some: list[Part]) -> Part | None:
    if len(some) < 2:
        return some[0] if some else None
    words = " | ".join(f"({one.words})" for one in some) if all(one.words for one in some) else ""
    exact = all(one.rest is None for one in some)
    return Part(words, None if exact else reduce(or_, (one.whole for one in some)))


def _not(inner: Part) -> Part:
    return Part(f"!({inner.words})") if inner.rest is None else Part(rest=~inner.whole)


def _beside(node: Fact | When | Age | Size | Conversation, eye: Eye) -> Q:
    match node:
        case When("before", _, _, _):
            return Q(sort_at__lt=_midnight(node.first, eye.zone))
        case When("after", _, _, _):
            return Q(sort_at__gte=_midnight(node.first, eye.zone))
        case When():
            return Q(sort_at__gte=_midnight(node.first, eye.zone), sort_at__lt=_midnight(node.until, eye.zone))
        case Age(kind):
            then = eye.now - timedelta(days=min(node.days, (eye.now - datetime(1900, 1, 1, tzinfo=UTC)).days))
            return Q(sort_at__lt=then) if kind == "older_than" else Q(sort_at__gte=then)
        case Size(kind, octets):
            return Q(message__size__gt=octets) if kind == "larger" else Q(message__size__lt=octets)
        case Conversation(number):
            return Q(message__thread=number)
        case Fact(kind, value):
            return Q(Exists(_placed(kind, value, eye)))
        case _:
            assert_never(node)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def lying() -> QuerySet[Placement]:
    """Where the letter of a row lies in the open."""
    return _open().filter(message=OuterRef("message"))


def _open() -> QuerySet[Placement]:
    return Placement.objects.live().annotate(deleted=F("flags").bitand(Flag.DELETED)).filter(deleted=0)


def _placed(kind: str, value: str, eye: Eye) -> QuerySet[Placement]:
    if kind == "in":
        return lying().filter(folder__in=folders_named(eye.user, value)) if value != "anywhere" else lying()
    if kind == "label":
        named = Q(keywords__overlap=keywords_named(eye.user, value))
        return lying().filter(named | Q(folder__in=folders_named(eye.user, value)))
    unread = value == "unread"
    state = lying().annotate(state=F("flags").bitand(Flag.SEEN if unread else STATES[value]))
    return state.filter(state=0) if unread else state.exclude(state=0)


def visible(tree: Node) -> QuerySet[Placement]:
    """Where letters lie for a search: trash and spam are left out unless the query speaks of a place itself."""
    return _open() if speaks_of_places(tree) else _open().exclude(folder__role__in=HIDDEN)


def speaks_of_places(tree: Node) -> bool:
    match tree:
        case Fact(kind):
            return kind == "in"
        case And(of) | Or(of):
            return any(map(speaks_of_places, of))
        case Not(of):
            return speaks_of_places(of)
        case _:
            return isinstance(tree, Conversation)
