"""What is offered while somebody types a search: how it may go on, letters it already finds, searches made before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext

from accounts.models import User
from mailbox.models import Message, PastSearch
from mailbox.outbox import people
from mailbox.search import find
from mailbox.search.find import TooLong
from mailbox.search.operators import KOREAN, OPERATORS, VALUES, folded, quoted
from mailbox.search.query import parse
from mailbox.templatetags.look import hue, initials, moment
from mailbox.views.findings import search_of
from mailbox.views.places import ROLE_ICONS, label_of
from mailbox.views.shell import Side

FEW = 5
SOON = 1.0  # seconds that somebody who types may wait for letters
_LAST = re.compile(r"""(?:[^\s()":]+:)?(?:"[^"]*|[^\s()"]*)\Z""")
ICONS = {
    "from": "user",
    "to": "user",
    "cc": "users",
    "subject": "text-quote",
    "in": "folder",
    "label": "tag",
    "is": "mail",
    "has": "paperclip",
    "filename": "file-text",
    "before": "calendar",
    "after": "calendar",
    "on": "calendar",
    "older_than": "calendar",
    "newer_than": "calendar",
    "larger": "hard-drive",
    "smaller": "hard-drive",
    "conversation": "message-square",
}
FIRST = ("is:unread", "has:attachment", "newer_than:7d")


@dataclass(frozen=True, slots=True)
class Here:
    """Where the person is: the key of the list and the conversation that is open, as the page says."""

    listing: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One line. It either completes what was typed (`query`) or leads somewhere (`url`)."""

    icon: str
    text: str
    operator: str = ""
    query: str = ""
    url: str = ""
    end: str = ""
    person: tuple[str, int] | None = None  # what stands on the stamp, and its hue


@dataclass(frozen=True, slots=True)
class Group:
    head: str
    offers: list[Offer] = field(default_factory=list)


def offers(user: User, typed: str, here: Here) -> list[Group]:
    """In the order of the panel; groups without an offer are left out."""
    groups = [
        Group(gettext("Narrow it down"), list(_completions(user, typed, here))),
        Group(gettext("Conversations"), _conversations(user, typed)),
        Group(gettext("Searched before"), _before(user, typed)),
    ]
    return [group for group in groups if group.offers]


# --- How it may go on ---------------------------------------------------------------------------------------------------


def _completions(user: User, typed: str, here: Here) -> Iterator[Offer]:
    found = _LAST.search(typed)
    last = found[0] if found else ""
    start = typed[: len(typed) - len(last)]
    minus = "-" if last.startswith("-") else ""
    name, colon, value = last.removeprefix("-").partition(":")
    operator = OPERATORS.get(folded(name)) if colon else None
    if operator:
        some = _values(user, operator, value.strip('"'))
    else:
        some = [*_here(user, here, typed), *_operators(name), *_people(user, "from", name if not colon else "")]
    for icon, shown, full, text in some[: FEW + 2]:
        yield Offer(icon, text, shown, query=f"{start}{minus}{shown}{full}{' ' if full else ''}")


Completion = tuple[str, str, str, str]  # icon, operator with its colon, its value as typed, its value as shown


def _operators(begun: str) -> list[Completion]:
    """The operators that begin like that, in the language of the page; some useful ones if nothing was typed."""
    if not begun:
        return [(ICONS[name], f"{_spoken(name)}:", value, value) for name, value in (one.split(":") for one in FIRST)]
    named = [name for name, korean in KOREAN.items() if name.startswith(folded(begun)) or korean.startswith(folded(begun))]
    return [(ICONS[name], f"{_spoken(name)}:", "", "…") for name in named if name in ICONS]


def _values(user: User, operator: str, begun: str) -> list[Completion]:
    shown, wanted = f"{_spoken(operator)}:", folded(begun)
    if operator in ("from", "to", "cc"):
        return _people(user, operator, begun)
    if operator in ("in", "label"):
        return _folders(user, operator, wanted)
    names = VALUES.get(operator, {})
    at = 0 if not _is_korean() else 1
    some = [(name, (name, *others)) for name, others in names.items()]
    return [(ICONS[operator], shown, all_[at], all_[at]) for _, all_ in some if any(one.startswith(wanted) for one in all_)]


def _people(user: User, operator: str, begun: str) -> list[Completion]:
    return [
        (ICONS["from"], f"{_spoken(operator)}:", one.address, f"{one.name} {one.address}".strip())
        for one in (people.offers(user, begun) if begun else ())
    ][:FEW]


def _folders(user: User, operator: str, wanted: str) -> list[Completion]:
    shown = f"{_spoken(operator)}:"
    side = Side(user)
    labels = {label_of(folder): ROLE_ICONS[folder.role] for folder in side.folders}  # type: ignore[index]
    if operator == "label":
        labels = dict.fromkeys(side.labels, ICONS["label"]) | labels
    return [(icon, shown, quoted(label), label) for label, icon in labels.items() if wanted in folded(label)]


def _here(user: User, here: Here, typed: str) -> Iterator[Completion]:
    """The same search in the conversation or the folder in view."""
    if here.conversation.isdecimal() and ":" not in typed:
        yield ICONS["conversation"], f"{_spoken('conversation')}:", f"{here.conversation} ", gettext("this conversation")
    if here.listing.startswith("f") and ":" not in typed:
        folder = next((one for one in Side(user).folders if f"f{one.pk}" == here.listing), None)
        if folder:
            yield ICONS["in"], f"{_spoken('in')}:", f"{quoted(label_of(folder))} ", label_of(folder)


def _is_korean() -> bool:
    return (get_language() or "").startswith("ko")


def _spoken(operator: str) -> str:
    return KOREAN[operator] if _is_korean() else operator


# --- What it finds, and what was looked for before ------------------------------------------------------------------------


def _conversations(user: User, typed: str) -> list[Offer]:
    query = parse(typed)
    search = search_of(user, query)
    if not typed.strip() or query.trouble[0] or not search.asks:
        return []
    try:
        with find.patiently(SOON):
            hits = search.page(size=FEW)
    except TooLong:
        return []
    messages = Message.objects.of(user).in_bulk([hit.message for hit in hits])
    return [_conversation(messages[hit.message], typed) for hit in hits if hit.message in messages]


def _conversation(message: Message, typed: str) -> Offer:
    name = message.from_name or message.from_address
    address = reverse("thread", args=[message.thread_id])
    return Offer(
        icon="",
        text=message.subject or gettext("(no subject)"),
        url=f"{address}?{urlencode({'list': f'q:{typed.strip()}', 'open': message.pk})}",
        end=moment(message.internal_date),
        person=(initials(name), hue(message.from_address)),
    )


def _before(user: User, typed: str) -> list[Offer]:
    past = PastSearch.objects.of(user).filter(query__icontains=typed.strip()).exclude(query=typed.strip())
    return [Offer(icon="history", text=one.query, query=one.query) for one in past.order_by("-used_at")[:FEW]]
