"""Which conversations a list shows: the unified inbox, the starred ones, or one folder."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import F
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from mailbox.models import Folder, ThreadFolder
from mailbox.views import letterwise
from mailbox.views.drafts import without_copies
from mailbox.views.places import ROLE_ICONS, label_of
from mailbox.views.rows import Cursor, Day, Eyes, cursor_of, days
from mailbox.views.shell import Side

Role = Folder.Role
PAGE_SIZE = 50
MOST_SNOOZED = 500
UNFILTERED = {"starred", "drafts", "snoozed"}
SHOWS = {"all", "unread", "starred"}
SEARCH = "q:"  # before what was typed, the key of a list of findings
LONGEST = 1000  # characters of it that are read


@dataclass(frozen=True)
class Listing:
    """One list: `key` names it in addresses and in the sidebar, `folder` is set where it is one folder's."""

    key: str
    title: str
    url: str
    folders: list[Folder]
    show: str = "all"
    folder: Folder | None = None
    search: str | None = None  # what was typed, if the list is what a search found
    files: bool = True  # whether the person may file anything that it shows

    @property
    def own_url(self) -> str:
        """This list with its filter."""
        return self.url if self.show == "all" or not self.filters else f"{self.url}?{urlencode({'show': self.show})}"

    @property
    def filters(self) -> bool:
        """Whether it can show its unread or starred conversations alone."""
        return self.search is None and self.key not in UNFILTERED

    @property
    def can_take_all(self) -> bool:
        """Whether one deed can be for all that it shows, also further down."""
        return self.key not in {"drafts", "snoozed"}

    @property
    def can_snooze(self) -> bool:
        here = self.key in {"inbox", "snoozed"} or bool(self.folder and self.folder.role in {Role.INBOX, Role.NONE})
        return here and self.files

    @property
    def everywhere(self) -> str:
        """The same search, in spam and trash too."""
        return f"{reverse('search')}?{urlencode({'q': f'({self.search}) in:anywhere'})}"

    @property
    def unread(self) -> int:
        return sum(folder.unread for folder in self.folders) if self.filters else 0

    @property
    def role(self) -> str:
        """What an empty list says and which actions make sense depend on it."""
        return self.folder.role if self.folder else self.key  # "drafts" and "inbox" are both

    @property
    def folder_ids(self) -> str:
        return " ".join(str(folder.pk) for folder in self.folders)


def listing_of(user: User, key: str, show: str, side: Side) -> Listing:
    """The list of that key, as addresses have it: inbox, f12, q:pickles. Raises Http404 for one that is not the person's."""
    listing = _listing_of(key, show if show in SHOWS else "all", side)
    only_read = bool(listing.folders) and not any(folder.mailbox_id in side.changeable for folder in listing.folders)
    return replace(listing, files=not only_read)


def _listing_of(key: str, show: str, side: Side) -> Listing:
    if key == "inbox":
        inboxes = [folder for folder in side.folders if folder.role == Role.INBOX]
        return Listing(key, gettext("Inbox"), reverse("inbox"), inboxes, show)
    if key.startswith(SEARCH):
        typed = key.removeprefix(SEARCH)[: LONGEST + 1].strip()
        return Listing(
            SEARCH + typed, gettext("Search"), f"{reverse('search')}?{urlencode({'q': typed})}", side.folders, search=typed
        )
    if key == "drafts":
        drafts = [folder for folder in side.folders if folder.role == Role.DRAFTS]
        return Listing(key, gettext("Drafts"), reverse("drafts"), drafts)
    if key == "snoozed":
        return Listing(key, gettext("Snoozed"), reverse("snoozed"), side.folders)
    if key == "starred":
        kept = [folder for folder in side.folders if folder.role not in {Role.TRASH, Role.JUNK, Role.ALL}]
        return Listing(key, gettext("Starred"), reverse("starred"), kept, "starred")
    folder = next((folder for folder in side.folders if f"f{folder.pk}" == key), None)
    if folder is None:
        raise Http404
    return Listing(key, label_of(folder), reverse("folder", args=[folder.pk]), [folder], show, folder)


@dataclass(frozen=True, slots=True)
class MoveTo:
    """A folder in the menu "Move"."""

    pk: int
    label: str
    icon: str


def moves_to(side: Side, folders: list[Folder]) -> list[MoveTo]:
    """Where letters of these folders may be moved; nothing where they belong to more than one Mailbox."""
    if len({folder.mailbox_id for folder in folders}) != 1:
        return []
    here, away = {folder.pk for folder in folders[:1] if len(folders) == 1}, {Role.SENT, Role.DRAFTS, Role.ALL}
    mailbox = folders[0].mailbox_id
    return [
        MoveTo(folder.pk, label_of(folder), ROLE_ICONS[Role(folder.role)])
        for folder in side.folders
        if folder.mailbox_id == mailbox and folder.pk not in here and folder.role not in away
    ]


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows by day, and where the older ones are (empty: there are none)."""

    days: list[Day]
    older: str


def page_of(user: User, listing: Listing, eyes: Eyes, before: Cursor | None) -> Page:
    if listing.key == "snoozed":
        return Page(days(_snoozed(user), {f.pk: f for f in listing.folders}, replace(eyes, listing=listing.key)), "")
    folders = {folder.pk: folder for folder in listing.folders}
    pages = ThreadFolder.objects.page if user.conversations else letterwise.page
    found = pages(user, folders, show=listing.show, before=before, size=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    older = ""
    if len(found) > PAGE_SIZE:
        older = f"{listing.url}?{urlencode({'show': listing.show, 'before': cursor_of(shown[-1])})}"
    if listing.key == "drafts":
        shown = without_copies(user, shown)
    return Page(days(shown, folders, replace(eyes, listing=listing.key), before), older)


def _snoozed(user: User) -> list[ThreadFolder]:
    """Nobody puts off many: they are one page."""
    found = ThreadFolder.objects.of(user).filter(folder__leaving=False, folder__missing_since=None).snoozed()
    return list(found.annotate(letters=F("thread__count")).order_by("-last_at", "-pk")[:MOST_SNOOZED])
