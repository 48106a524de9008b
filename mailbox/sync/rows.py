"""What a server's word changes in the placements of a folder: set by set, in the caller's transaction.

A placement with a UID is one that the server holds; Folder.mirrored counts them. One that a person has moved away or
deleted here keeps its UID, gone, until the server has been told; one that the server no longer has loses its UID.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from mailbox.imap.uids import UidSet
from mailbox.models import Change, Flag, Folder, Placement, many
from mailbox.sync.plan import Spoken


def held(folder: Folder) -> QuerySet[Placement]:
    """What the server holds, as far as we know."""
    return Placement.objects.filter(folder=folder, uidvalidity=folder.uidvalidity, uid__isnull=False)


def held_uids(folder: Folder, low: int = 1) -> UidSet:
    """O(folder), eight octets a gap: only for a comparison of whole folders, or of their upper end."""
    uids = held(folder).filter(uid__gte=low).order_by("uid").values_list("uid", flat=True)
    return UidSet.of(uid for uid in (uids if low > 1 else uids.iterator(chunk_size=5000)) if uid)


def newest_uids(folder: Folder, most: int) -> UidSet:
    return UidSet.of(uid for uid in held(folder).order_by("-uid").values_list("uid", flat=True)[:most] if uid)


def name(folder: Folder, uidvalidity: int, uids: Iterable[tuple[Placement, int]]) -> None:
    """Placements that waited for their UID have it; one that is not valid, or another's, is left to the next pass."""
    if uidvalidity != folder.uidvalidity:
        return
    wanted = {uid: place for place, uid in uids if place.uid is None}
    taken = {place.uid: place for place in held(folder).filter(uid__in=wanted)}
    for uid, place in wanted.items():
        place.uid, place.uidvalidity = (uid if uid not in taken else None), uidvalidity
    Placement.objects.bulk_update(wanted.values(), ["uid", "uidvalidity"], batch_size=500)
    count(folder.pk, len(wanted) - len(taken))
    for number, place in taken.items():
        if number and wanted[number].message_id == place.message_id:
            _merge(wanted[number], place)


def _merge(waiting: Placement, there: Placement) -> None:
    """The letter lay there already, as everything lies in Gmail's All Mail: the Changes go on with the place it had."""
    for change in Change.objects.filter(message=there.message_id):
        ends = {end: there.pk for end in ("placement", "source") if change.args.get(end) == waiting.pk}
        if ends:
            change.args |= ends
            change.save(update_fields=["args"])
    waiting.delete()


def count(folder_id: int, more: int) -> None:
    Folder.objects.filter(pk=folder_id).update(mirrored=Greatest(F("mirrored") + more, 0))


def forget(places: Sequence[Placement]) -> None:
    """The server has let these go because a person wanted it."""
    for folder in {place.folder_id for place in places}:
        count(folder, -sum(place.uid is not None for place in places if place.folder_id == folder))
    Placement.objects.filter(pk__in=[place.pk for place in places]).delete()


def mark(places: Sequence[Placement]) -> None:
    """The server keeps these, marked \\Deleted, because it cannot expunge single letters: they lie there unseen."""
    bits = {column: F(column).bitor(Flag.DELETED) for column in ("flags", "server_flags")}
    Placement.objects.filter(pk__in=[place.pk for place in places]).update(gone_at=None, **bits)


def keep(places: Sequence[Placement]) -> None:
    """The server has them where they were, and where they went to."""
    Placement.objects.filter(pk__in=[place.pk for place in places]).update(gone_at=None)


def vanish(folder: Folder, uids: UidSet) -> set[int]:
    """The server no longer has these few, of which we hold all; the conversations they were in."""
    places = held(folder).filter(uid__in=list(uids))
    threads = set(places.values_list("message__thread", flat=True))
    count(folder.pk, -places.update(gone_at=timezone.now(), uid=None))
    return threads


def spoken(folder: Folder, uids: Iterable[int]) -> dict[int, Spoken]:
    """What the server said last of these letters, of those that we hold."""
    said = held(folder).filter(uid__among=list(uids)).values_list("uid", "server_flags", "server_keywords")
    return {uid: (flags, tuple(keywords)) for uid, flags, keywords in said if uid}


def hear(folder: Folder, news: Mapping[int, Spoken], modseqs: Mapping[int, int]) -> set[int]:
    """Flags that the server says, under what the person did meanwhile; the conversations concerned."""
    places = list(held(folder).filter(uid__among=list(news)).annotate(thread=F("message__thread")))
    overlays = Change.objects.overlays([place.message_id for place in places])
    for place in places:
        flags, keywords = news[place.uid or 0]
        place.hear(flags, keywords, overlays[place.pk])
        place.modseq = modseqs.get(place.uid or 0, place.modseq)
    many.rewrite(places, ["flags", "keywords", "server_flags", "server_keywords", "modseq"])
    return {place.thread for place in places}
