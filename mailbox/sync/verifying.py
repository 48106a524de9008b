"""Mirror and server side by side: every difference in one line. It changes nothing."""

from collections.abc import Iterable, Iterator

from django.db.models import F, Sum

from mailbox import ingest
from mailbox.imap.errors import CommandRefused
from mailbox.imap.events import Fetched
from mailbox.imap.items import Items
from mailbox.imap.labels import lives_here
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Flag, Folder, Placement
from mailbox.models.change import Overlay
from mailbox.models.placement import storable
from mailbox.sync import rows
from mailbox.sync.session import Session, flag_names

WINDOW = 500
FACTS = Items(size=True, internal_date=True)
BODIES = Items(flags=False, body=True)


def differences(session: Session, *, octets: bool = False) -> Iterator[str]:
    """`octets`: compare every byte of every letter too; else UIDs, flags, keywords, sizes and dates."""
    listed = {one.wire_name: one for one in session.client.list_folders() if one.selectable}
    folders = {
        folder.wire_name: folder for folder in Folder.objects.filter(mailbox=session.mailbox, selectable=True, leaving=False)
    }
    labels = {name for name, folder in folders.items() if folder.is_label}
    for name in listed.keys() - folders.keys():
        yield f"{listed[name].name}: on the server, not here."
    for name, folder in sorted(folders.items()):
        if name not in listed:
            yield f"{folder.name}: here, not on the server."
        elif name not in labels:
            yield from (f"{folder.name}: {difference}" for difference in _of_folder(session, folder, octets))
    yield from counted(folders.values())


def _of_folder(session: Session, folder: Folder, octets: bool) -> Iterator[str]:
    try:
        selected = session.select(folder)
    except CommandRefused as error:
        yield f"cannot be opened: {error}"
        return
    if selected.uidvalidity != folder.uidvalidity:
        yield f"UIDVALIDITY is {selected.uidvalidity} on the server, {folder.uidvalidity} here."
        return
    here, there = rows.held_uids(folder), session.client.search_all()
    yield from (f"UID {uid}: on the server, not here." for uid in there - here)
    yield from (f"UID {uid}: here, not on the server." for uid in here - there)
    for window in (here & there).newest_first(WINDOW):
        yield from _of_window(session, folder, window, octets)
        session.renew()


def _of_window(session: Session, folder: Folder, window: UidSet, octets: bool) -> Iterator[str]:
    places = {place.uid: place for place in rows.held(folder).filter(uid__in=list(window)).select_related("message__raw")}
    letters = [place.message_id for place in places.values()]
    overlays = Change.objects.overlays(letters)
    leaving = set(Change.objects.open().filter(message__in=letters).values_list("message_id", flat=True))
    for one in list(session.client.fetch(window, FACTS)):
        if place := places.get(one.uid):
            yield from (f"UID {one.uid}: {difference}" for difference in _of_letter(place, one, overlays[place.pk]))
            if place.gone_at and place.message_id not in leaving:
                yield f"UID {one.uid}: hidden here, and nothing waits to be told."
    for one in session.client.fetch(window, BODIES) if octets else ():
        if place := places.get(one.uid):
            yield from _of_bytes(place, one)


def _of_letter(place: Placement, there: Fetched, overlay: Overlay) -> Iterator[str]:
    """What waits to be told to the server is no difference."""
    if there.flags is not None and (there.flags ^ place.flags) & ~overlay.flags:
        yield f"flags {_words(there.flags)} on the server, {_words(place.flags)} here."
    elif there.flags is not None and there.flags != place.server_flags:
        yield f"flags {_words(there.flags)} on the server, remembered as {_words(place.server_flags)}."
    keywords = set(storable(there.words)) - overlay.keywords
    ours = {keyword for keyword in place.keywords if keyword not in overlay.keywords and not lives_here(keyword)}
    if there.flags is not None and keywords != ours:
        yield f"keywords {' '.join(sorted(keywords)) or 'none'} on the server, {' '.join(place.keywords) or 'none'} here."
    if there.size is not None and there.size != place.message.size:
        yield f"{there.size} octets on the server, {place.message.size} here."
    if there.internal_date and int(there.internal_date.timestamp()) != int(place.message.internal_date.timestamp()):
        yield f"arrived {there.internal_date} on the server, {place.message.internal_date} here."


def _of_bytes(place: Placement, there: Fetched) -> Iterator[str]:
    if there.body is not None and not place.message.remote and there.body != b"".join(ingest.source_of(place.message)):
        yield f"UID {place.uid}: other bytes on the server than here."


def counted(folders: Iterable[Folder]) -> Iterator[str]:
    """What the lists show, against what lies there."""
    for folder in folders:
        seen = F("flags").bitand(Flag.SEEN)
        shown = Placement.objects.annotate(deleted=F("flags").bitand(Flag.DELETED), seen=seen).filter(
            folder=folder, gone_at=None, deleted=0
        )
        lying = (shown.count(), shown.filter(seen=0).count())
        listed = folder.threads.aggregate(live=Sum("count", default=0), unread=Sum("unread", default=0))
        if not lying == (folder.live, folder.unread) == (listed["live"], listed["unread"]):
            yield (
                f"{folder.name}: {lying[0]} letters lie there, {lying[1]} unread; it says {folder.live} and {folder.unread},"
                f" its list {listed['live']} and {listed['unread']}."
            )


def _words(flags: int) -> str:
    return " ".join(flag_names(flags)) or "none"
