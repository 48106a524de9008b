"""The frame around every page of mail: the folders on the left, how the mirror is doing, and who is here."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.models import Draft, Folder, Mailbox
from mailbox.templatetags.look import clock

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


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the sidebar. `key` is what a page gives as `here` to mark it as the current one."""

    key: str
    url: str
    label: str
    icon: str
    number: int = 0
    unread: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one Mailbox, or of its own folders; a head that is empty is not shown."""

    head: str
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Health:
    """How the mirror is doing, in a few words; `dot` is the signal beside them (data-s)."""

    words: str
    dot: str = ""


def label_of(folder: Folder) -> str:
    """Special folders by our words, others by the last part of their own name."""
    if folder.role != Role.NONE:
        return str(Role(folder.role).label)
    return folder.name.rpartition(folder.delimiter)[2] if folder.delimiter else folder.name


def place_of(folder: Folder) -> Place:
    counts_all = folder.role == Role.DRAFTS
    number = folder.live if counts_all else folder.unread
    if folder.role in {Role.SENT, Role.TRASH, Role.ARCHIVE, Role.ALL}:
        number = 0
    return Place(
        key=f"f{folder.pk}",
        url=reverse("folder", args=[folder.pk]),
        label=label_of(folder),
        icon=ROLE_ICONS[Role(folder.role)],
        number=number,
        unread=bool(number) and not counts_all and folder.role != Role.JUNK,
        level=folder.name.count(folder.delimiter) if folder.delimiter and folder.role == Role.NONE else 0,
    )


def folders_of(user: User) -> list[Folder]:
    """Every folder that this person may open, special ones first, then by name."""
    found = Folder.objects.of(user).filter(selectable=True, missing_since=None).select_related("mailbox")
    return sorted(found, key=lambda folder: (folder.mailbox_id, ORDER.index(Role(folder.role)), folder.name.casefold()))


class Side:
    """What the sidebar shows; every part asks the database once, when a template first reads it."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def folders(self) -> list[Folder]:
        return folders_of(self.user)

    @cached_property
    def mailboxes(self) -> list[Mailbox]:
        return list(Mailbox.objects.of(self.user).order_by("pk"))

    @cached_property
    def inbox_unread(self) -> int:
        return sum(folder.unread for folder in self.folders if folder.role == Role.INBOX)

    @cached_property
    def stamp(self) -> str:
        """Changes when a letter comes, goes or is read: how an open page knows that it is behind."""
        return "-".join(f"{folder.live}.{folder.unread}" for folder in self.folders)

    @cached_property
    def first(self) -> list[Place]:
        """The lines that gather all Mailboxes."""
        drafts = Draft.objects.of(self.user).open().count()
        return [
            Place("inbox", reverse("inbox"), gettext("Inbox"), "inbox", self.inbox_unread, self.inbox_unread > 0),
            Place("starred", reverse("starred"), gettext("Starred"), "star"),
            Place("drafts", reverse("inbox"), gettext("Drafts"), "file-pen-line", drafts),
        ]

    @cached_property
    def groups(self) -> list[Group]:
        by_mailbox: dict[str, list[Folder]] = defaultdict(list)
        for folder in self.folders:
            by_mailbox[folder.mailbox.address].append(folder)
        if len(by_mailbox) == 1:
            return self._groups_of_one(self.folders)
        return [Group(address, [place_of(folder) for folder in folders]) for address, folders in by_mailbox.items()]

    def _groups_of_one(self, folders: list[Folder]) -> list[Group]:
        special = [place_of(folder) for folder in folders if folder.role not in {Role.NONE, Role.INBOX, Role.DRAFTS}]
        return [
            Group("", special),
            Group(gettext("Folders"), [place_of(folder) for folder in folders if folder.role == Role.NONE]),
        ]

    @cached_property
    def health(self) -> Health:
        return health_of(self.mailboxes)


def health_of(mailboxes: list[Mailbox]) -> Health:
    """The worst news first."""
    states = {mailbox.state for mailbox in mailboxes}
    if not mailboxes:
        return Health(gettext("No mailbox yet"), "wait")
    if Mailbox.State.SIGN_IN in states:
        return Health(gettext("A mailbox needs its password"), "bad")
    if Mailbox.State.TROUBLE in states:
        return Health(gettext("A server cannot be reached"), "wait")
    if states & {Mailbox.State.NEW, Mailbox.State.IMPORTING}:
        return Health(gettext("Fetching your mail"), "wait")
    passes: list[datetime] = [mailbox.last_good_pass for mailbox in mailboxes if mailbox.last_good_pass]
    if not passes:
        return Health(gettext("Up to date"))
    return Health(gettext("Up to date, %(time)s") % {"time": clock(min(passes))})


def side(request: HttpRequest) -> dict[str, object]:
    """Context processor: `side` for every template that extends the shell; nothing is asked until it is read."""
    user = getattr(request, "user", None)
    return {"side": Side(user)} if isinstance(user, User) else {}


@signed_in
def places(request: SignedInRequest) -> HttpResponse:
    """The folder list again, with today's numbers; `here` says which line is current."""
    return render(request, "mailbox/_places.html", {"here": request.GET.get("here", "")})
