"""Buttons above what was found: what was asked beside the words, to take it away, and what could be asked too."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailbox.search.query import parse, write
from mailbox.search.tree import And, Conversation, Fact, Node, Not, Text
from mailbox.views.offers import ICONS

OFFERED: dict[str, Promise] = {
    "has:attachment": _("Files"),
    "is:unread": _("Unread"),
    "newer_than:1m": _("Last month"),
    "newer_than:1y": _("Last year"),
    "in:anywhere": _("Spam and trash too"),
}


@dataclass(frozen=True, slots=True)
class Facet:
    """`on`: it is asked, and the link takes it away."""

    label: str | Promise
    url: str
    icon: str = ""
    on: bool = False


def facets(typed: str) -> list[Facet]:
    """None where the query was not read as it stands."""
    query = parse(typed)
    if query.trouble[0]:
        return []
    leaves = query.tree.of if isinstance(query.tree, And) else (query.tree,)
    asked = [leaf for leaf in leaves if not _is_word(leaf)]
    kinds = {write(leaf).partition(":")[0] for leaf in asked}
    taken = [Facet(_label(leaf), _url([one for one in leaves if one is not leaf]), on=True) for leaf in asked]
    more = [
        Facet(label, _url([*leaves, parse(text).tree]), ICONS[text.partition(":")[0]])
        for text, label in OFFERED.items()
        if text.partition(":")[0] not in kinds
    ]
    return [*taken, *more]


def _is_word(leaf: Node) -> bool:
    return not isinstance(leaf, Not | Fact) and (not isinstance(leaf, Text) or not leaf.field) and ":" not in write(leaf)


def _label(leaf: Node) -> str | Promise:
    if isinstance(leaf, Conversation):
        return _("This conversation")
    return OFFERED.get(write(leaf)) or write(leaf)


def _url(leaves: list[Node]) -> str:
    tree = leaves[0] if len(leaves) == 1 else And(tuple(leaves))
    return f"{reverse('search')}?{urlencode({'q': write(tree)})}"
