"""The frame around every page of mail: the folders on the left, how the mirror is doing, and who is here."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.models import Access, Beside, Folder, Mailbox
from mailbox.templatetags.look import clock
from mailbox.views import condition
from mailbox.views.places import ORDER, Group, Place, label_of, labels_of, place_of, place_of_label, places_of_searches


@dataclass(frozen=True, slots=True)
class Health:
    """How the mirror is doing, in a few words; `dot` is the signal beside them (data-s)."""

    words: str
    dot: str = ""


@dataclass(frozen=True, slots=True)
class ImportStop:
    """A folder on the line of an import; `signal` is its data-s."""

    label: str
    here: int
    there: int
    signal: str

    @property
    def counts(self) -> dict[str, str]:
        return {"here": f"{self.here:,}", "there": f"{self.there:,}"}


@dataclass(frozen=True, slots=True)
class Import:
    """A first import: where from, and its folders as stops of a line."""

    mailbox: Mailbox
    host: str
    stops: list[ImportStop]
    whole: ImportStop

    @property
    def searchable(self) -> str:
        """What a search cannot find yet."""
        here = max(0, sum(one.here for one in self.stops) - self.mailbox.letters_left)
        numbers = {"here": f"{here:,}", "there": f"{sum(one.there for one in self.stops):,}", "address": self.mailbox.address}
        return gettext("%(address)s: %(here)s of %(there)s letters can be searched; the others are on their way.") % numbers


Role = Folder.Role
IMPORTING = {Mailbox.State.NEW, Mailbox.State.IMPORTING}


def import_of(mailbox: Mailbox, folders: list[Folder]) -> Import:
    own = [folder for folder in folders if folder.mailbox_id == mailbox.pk and folder.server_messages]
    stops = [import_stop(folder) for folder in own]
    return Import(mailbox, mailbox.incoming_endpoint.host, stops, whole_stop(mailbox, stops))


def whole_stop(mailbox: Mailbox, stops: list[ImportStop]) -> ImportStop:
    """The last one: first all letters are listed by their headers, then their text and files come."""
    listed, there = sum(stop.here for stop in stops), sum(stop.there for stop in stops)
    here = max(0, listed - mailbox.letters_left)
    return ImportStop(gettext("Text and attachments"), here, there, "busy" if here else "")


def import_stop(folder: Folder) -> ImportStop:
    signal = "ok" if folder.backfill_low_uid == 0 else "busy" if folder.live else ""
    return ImportStop(label_of(folder), folder.live, max(folder.live, folder.server_messages), signal)


def folders_of(user: User) -> list[Folder]:
    """Every folder that this person may open, special ones first, then by name."""
    shown = Folder.objects.of(user).filter(selectable=True, is_label=False, missing_since=None)
    return sorted(shown, key=lambda folder: (folder.mailbox_id, ORDER.index(Role(folder.role)), folder.name.casefold()))


class Side:
    """What the sidebar shows; nothing of it is asked before it is read, and nothing twice."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def folders(self) -> list[Folder]:
        found = folders_of(self.user)
        for folder in found:  # what was put off is out of sight, and not in the number either
            folder.unread -= self._beside.snoozed.get(folder.pk, (0, 0))[1]
        return found

    @cached_property
    def _beside(self) -> Beside:
        return Beside.of(self.user)

    @property
    def mine(self) -> frozenset[str]:
        """Every address that is the person's own, in lower case."""
        return frozenset({self.user.email.lower(), *self._beside.addresses})

    @cached_property
    def mailboxes(self) -> list[Mailbox]:
        return list(Mailbox.objects.of(self.user).annotate(role=F("access__role")).order_by("pk"))

    @cached_property
    def changeable(self) -> frozenset[int]:
        """The Mailboxes in which this person may file and flag; of the others no page shows the tools for it."""
        return frozenset(pk for pk, role in self._roles.items() if role in Access.CHANGES)

    @cached_property
    def writes(self) -> bool:
        """Whether there is anything to write from; who has no Mailbox yet is led to one by the same button."""
        return not self._roles or any(role in Access.SENDS for role in self._roles.values())

    @property
    def _roles(self) -> dict[int, str]:
        return {mailbox.pk: mailbox.role for mailbox in self.mailboxes}  # type: ignore[attr-defined]  # annotated above

    @cached_property
    def inbox_unread(self) -> int:
        return sum(folder.unread for folder in self.folders if folder.role == Role.INBOX)

    @cached_property
    def stamp(self) -> str:
        """Changes when a letter comes, goes or is read: how an open page knows that it is behind."""
        return "-".join(f"{folder.live}.{folder.unread}" for folder in self.folders)

    @cached_property
    def groups(self) -> list[Group]:
        """First the lines that gather all Mailboxes; the folders of a single Mailbox join them, those of several follow."""
        gathering, of_one = self._gathering(), len(self.mailboxes) == 1
        shown = [folder for folder in self.folders if folder.role != Role.DRAFTS]
        if of_one:
            special = [place_of(folder) for folder in shown if folder.role not in {Role.NONE, Role.INBOX}]
            own = [place_of(folder) for folder in shown if folder.role == Role.NONE]
            return [Group("", gathering + special), Group(gettext("Folders"), own), self._labelled]
        by_mailbox = [(mailbox, [folder for folder in shown if folder.mailbox_id == mailbox.pk]) for mailbox in self.mailboxes]
        boxes = [Group(mailbox.address, list(map(place_of, folders))) for mailbox, folders in by_mailbox]
        return [Group("", gathering), *boxes, self._labelled]

    @cached_property
    def labels(self) -> list[str]:
        return labels_of(self._beside.keywords)

    @property
    def _labelled(self) -> Group:
        return Group(gettext("Labels"), [place_of_label(name) for name in self.labels])

    def _gathering(self) -> list[Place]:
        unread, drafts, scheduled = self.inbox_unread, self._beside.drafts, self._beside.scheduled
        put_off = sum(number for number, _ in self._beside.snoozed.values())
        return [
            Place("inbox", reverse("inbox"), gettext("Inbox"), icon="inbox", number=unread, unread=unread > 0, go="inbox"),
            Place("starred", reverse("starred"), gettext("Starred"), icon="star", go="starred"),
            Place("snoozed", reverse("snoozed"), gettext("Snoozed"), icon="clock", number=put_off, go="snoozed"),
            Place("scheduled", reverse("scheduled"), gettext("Scheduled"), icon="calendar-clock", number=scheduled),
            Place("drafts", reverse("drafts"), gettext("Drafts"), icon="file-pen-line", number=drafts, go="drafts"),
        ]

    @cached_property
    def kept(self) -> list[Place]:
        return places_of_searches(self._beside.kept)

    @cached_property
    def health(self) -> Health:
        return health_of(self.mailboxes)

    @cached_property
    def news(self) -> list[condition.Row]:
        """The Mailboxes that are not simply well, each with one sentence."""
        quiet = {Mailbox.State.OK, Mailbox.State.PAUSED}
        if all(mailbox.state in quiet for mailbox in self.mailboxes):
            return []
        return [row for row in condition.rows(self.user) if row.mailbox.state not in quiet]

    @cached_property
    def imports(self) -> list[Import]:
        """The first import of each Mailbox that is having one."""
        return [import_of(mailbox, self.folders) for mailbox in self.mailboxes if mailbox.state in IMPORTING]


def health_of(mailboxes: list[Mailbox]) -> Health:
    """The worst news first."""
    states = {mailbox.state for mailbox in mailboxes}
    if not mailboxes:
        return Health(gettext("No mailbox yet"), "wait")
    if Mailbox.State.SIGN_IN in states:
        return Health(gettext("A mailbox needs its password"), "bad")
    if Mailbox.State.SLOWED in states:
        return Health(gettext("A provider slows us down"), "wait")
    if Mailbox.State.TROUBLE in states:
        return Health(gettext("A server cannot be reached"), "wait")
    if Mailbox.State.FULL in states:
        return Health(gettext("No room for older letters"), "wait")
    if states & IMPORTING:
        return Health(gettext("Fetching your mail"), "wait")
    passes: list[datetime] = [mailbox.last_good_pass for mailbox in mailboxes if mailbox.last_good_pass]
    if not passes:
        return Health(gettext("Up to date"))
    return Health(gettext("Up to date, %(time)s") % {"time": clock(min(passes))})


def side_of(request: SignedInRequest) -> Side:
    """One for the whole request. Who is about to change what it shows reads of it only afterwards."""
    made: Side = request.__dict__.setdefault("side", Side(request.user))
    return made


def side(request: HttpRequest) -> dict[str, object]:
    """Context processor: `side` for every template that extends the shell."""
    return {"side": side_of(cast(SignedInRequest, request))} if isinstance(getattr(request, "user", None), User) else {}


@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    """What is wrong or under way with the Mailboxes, as it stands above the list."""
    return render(request, "mailbox/_state.html")


@signed_in
def importing(request: SignedInRequest) -> HttpResponse:
    """The first import, stop by stop, for the reading pane."""
    return render(request, "mailbox/_importing.html")


@signed_in
def places(request: SignedInRequest) -> HttpResponse:
    """The folder list again, with today's numbers; `here` says which line is current."""
    return render(request, "mailbox/_places.html", {"here": request.GET.get("here", "")})
