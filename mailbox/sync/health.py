"""How the mirror is doing, Mailbox by Mailbox and folder by folder: facts only, because the pages have the words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from mailbox.models import Change, Folder, Mailbox

_MISSING = Greatest(F("folders__server_messages") - F("folders__mirrored"), 0)
_SHUT = Q(folders__selectable=True) & ~Q(folders__trouble="")


@dataclass(frozen=True, slots=True)
class Health:
    """`mailbox` itself has its state, trouble, trouble_since, failures, last_good_pass and next_poll_at."""

    mailbox: Mailbox
    here: int  # letters that are shown here
    there: int  # letters on the server, as far as they were counted
    behind: int  # letters of the server that are not here yet
    shut: int  # folders that the server lists but does not open
    lag: timedelta  # how long known news has waited for a pass
    watched: bool  # a watcher holds a line, so that news are heard when they come


@dataclass(frozen=True, slots=True)
class FolderHealth:
    folder: Folder
    behind: int

    @property
    def trouble(self) -> str:
        """One plain sentence, if the server does not open it."""
        return self.folder.trouble


def of(mailboxes: QuerySet[Mailbox]) -> Iterator[Health]:
    """One question, however many there are."""
    now = timezone.now()
    sums = {
        "here": Sum("folders__live", default=0),
        "there": Sum("folders__server_messages", default=0),
        "behind": Sum(_MISSING, default=0),
        "shut": Count("folders", filter=_SHUT),
    }
    for mailbox in mailboxes.annotate(**sums):
        figures = {name: getattr(mailbox, name) for name in sums}
        yield Health(mailbox, **figures, lag=_lag(mailbox, now), watched=_is_watched(mailbox, now))


def folders_of(mailbox: Mailbox) -> list[FolderHealth]:
    folders = Folder.objects.filter(mailbox=mailbox, selectable=True, leaving=False).order_by("name")
    return [FolderHealth(folder, max(folder.server_messages - folder.mirrored, 0)) for folder in folders]


def untold(mailbox: Mailbox) -> int:
    """Things that people did here and that the server does not know yet."""
    return Change.objects.open().filter(mailbox=mailbox).count()


def _lag(mailbox: Mailbox, now: datetime) -> timedelta:
    waiting = [moment for moment in (mailbox.dirty_at, mailbox.next_poll_at) if moment]
    return max(now - min(waiting, default=now), timedelta())


def _is_watched(mailbox: Mailbox, now: datetime) -> bool:
    return bool(mailbox.watch_until and mailbox.watch_until > now)
