"""The lines of the sidebar: folders by our words or their own, labels, and searches that a person keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from mailbox.models import Folder
from mailbox.models.label import shown
from mailbox.search.operators import quoted
from mailbox.templatetags.look import hue

Role = Folder.Role
ROLE_ICONS = {
    Role.INBOX: "inbox",
    Role.SENT: "send",
    Role.DRAFTS: "file-pen-line",
    Role.ARCHIVE: "archive",
    Role.JUNK: "shield-alert",
    Role.TRASH: "trash-2",
    Role.ALL: "mails",
    Role.NONE: "folder",
}
ORDER = list(ROLE_ICONS)
UNCOUNTED = {Role.SENT, Role.TRASH, Role.ARCHIVE, Role.ALL}


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the sidebar. `key` is what a page gives as `here` to mark it as the current one."""

    key: str
    url: str
    label: str
    icon: str
    number: int = 0
    unread: bool = False
    go: str = ""  # what the second key after G calls it
    hue: int = 0  # a label has a colour instead of an icon


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one Mailbox, or of its own folders; a head that is empty is not shown."""

    head: str
    places: list[Place]


def label_of(folder: Folder) -> str:
    """Special folders by our words, others by the path of their own name: Travel / 2026."""
    if folder.role != Role.NONE:
        return str(Role(folder.role).label)
    parts = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
    return " / ".join(parts[1:] if len(parts) > 1 and parts[0].upper() == "INBOX" else parts)


def place_of(folder: Folder) -> Place:
    number = 0 if folder.role in UNCOUNTED else folder.unread
    return Place(
        key=f"f{folder.pk}",
        url=reverse("folder", args=[folder.pk]),
        label=label_of(folder),
        icon=ROLE_ICONS[Role(folder.role)],
        number=number,
        unread=bool(number) and folder.role != Role.JUNK,
        go=folder.role,
    )


def places_of_searches(kept: Iterable[str]) -> list[Place]:
    return [Place(f"q:{typed}", f"{reverse('search')}?{urlencode({'q': typed})}", typed, icon="search") for typed in kept]


def labels_of(keywords: Iterable[str]) -> list[str]:
    """As people call them, each name once, by name."""
    names = {shown(keyword).casefold(): shown(keyword) for keyword in keywords}
    return [names[folded] for folded in sorted(names)]


def label_url(name: str) -> str:
    """Its letters are what a search for it finds."""
    return f"{reverse('search')}?{urlencode({'q': f'label:{quoted(name)}'})}"


def place_of_label(name: str) -> Place:
    return Place(f"q:label:{quoted(name)}", label_url(name), name, icon="tag", hue=hue(name))
