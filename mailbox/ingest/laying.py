"""A Message is laid into a Folder under its UID; one that waited there for its UID is recognised."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db.models import Exists, F, OuterRef, Q

from mailbox import threads
from mailbox.imap.labels import lives_here
from mailbox.mime.bounces import OUR_HEADER
from mailbox.models import Change, Folder, Message, Outgoing, Placement, many
from mailbox.models.change import Overlay
from mailbox.models.placement import storable
from mailbox.reading.arrival import Arrival

_OURS = re.compile(rb"\A(?:[!-~][^\n]*\n|[ \t][^\n]*\n)*?%b:[ \t]*([^\s]+)" % OUR_HEADER.encode(), re.IGNORECASE)
HEARD = ["flags", "keywords", "server_flags", "server_keywords", "modseq"]

NONE: Mapping[int, str] = MappingProxyType({})

Pair = tuple[Arrival, Message]


@dataclass(frozen=True, slots=True)
class Placed:
    """What a window of letters changed: its placements in order, and the folders and conversations to tell of."""

    placements: list[Placement]
    folders: set[int]
    threads: set[int]


def lay(folder: Folder, pairs: Sequence[Pair], begun: Mapping[int, str] = NONE) -> Placed:
    """Lay Messages into a folder, in the caller's transaction and under `threads.lock`. Laying twice is laying once. `begun`:
    conversations of no other letters, which are not written yet."""
    lying = _lying(folder, pairs)
    waiting, kept = _Waiting.load(folder, pairs), _kept_here(message for _, message in pairs if message.thread_id not in begun)
    made, adopted, placements = [], [], []
    for arrival, message in pairs:
        placement = lying.get(arrival.uid)
        if placement is None and (placement := waiting.take(arrival, message)):
            adopted.append(placement)
        elif placement is None:
            made.append(placement := _placement(folder, arrival, message, kept[message.pk]))
        placements.append(placement)
    many.insert(made)
    Placement.objects.bulk_update(adopted, ["message", "uid", "uidvalidity", *HEARD])
    if named := sum(placement.uid is not None for placement in (*made, *adopted)):
        Folder.objects.filter(pk=folder.pk).update(mirrored=F("mirrored") + named)
    concerned = {message.thread_id for _, message in pairs} | waiting.left
    laid = zip((message for _, message in pairs), placements, strict=True)
    there = ((message, place) for message, place in laid if place.message_id == message.pk and place.gone_at is None)
    news = [(message, place) for message, place in there if message.thread_id in begun]
    folders = threads.begin(folder.mailbox_id, begun, news) if begun else set[int]()
    return Placed(placements, folders | threads.refresh(concerned - begun.keys()), concerned)


def _lying(folder: Folder, pairs: Sequence[Pair]) -> dict[int | None, Placement]:
    """What lies under these UIDs already, also what is leaving: a window that is repeated changes nothing."""
    uids = [arrival.uid for arrival, _ in pairs if arrival.uid is not None]
    rows = Placement.objects.filter(folder=folder, uidvalidity=pairs[0][0].uidvalidity, uid__among=uids) if uids else ()
    return {placement.uid: placement for placement in rows}


def _kept_here(messages: Iterable[Message]) -> dict[int, set[str]]:
    """The labels that no server keeps go with a letter wherever another program has laid it, by Message: those of where it
    lies now, or else of the last place that it left."""
    kept: dict[int, set[str]] = defaultdict(set)
    if letters := [message.pk for message in messages]:
        places = Placement.objects.filter(message__among=letters).order_by(F("gone_at").desc(nulls_first=True))
        for message_id, keywords, gone_at in places.values_list("message_id", "keywords", "gone_at"):
            if gone_at is None or message_id not in kept:
                kept[message_id].update(filter(lives_here, keywords))
    return kept


def _placement(folder: Folder, arrival: Arrival, message: Message, kept: set[str]) -> Placement:
    placement = many.make(
        Placement,
        message_id=message.pk,
        folder_id=folder.pk,
        uidvalidity=arrival.uidvalidity,
        uid=arrival.uid,
        flags=arrival.flags,
        keywords=storable((*arrival.keywords, *kept)),
        server_flags=arrival.flags,
        server_keywords=storable(arrival.keywords),
        modseq=arrival.modseq,
        sort_at=message.internal_date,
    )
    placement.message, placement.folder = message, folder
    return placement


@dataclass
class _Waiting:
    """Placements whose UID is not known (moved or filed here first) or no longer counts (another UIDVALIDITY)."""

    by_message: dict[int, list[Placement]]
    by_name: dict[object, list[Placement]]  # copies of sent letters and drafts: a provider may file its own, changed bytes
    overlays: dict[int, Overlay]
    left: set[int] = field(default_factory=set)  # conversations that a letter left because another copy took its place
    taken: set[int] = field(default_factory=set)

    @classmethod
    def load(cls, folder: Folder, pairs: Sequence[Pair]) -> "_Waiting":
        uidvalidity = pairs[0][0].uidvalidity
        if all(arrival.uid is None for arrival, _ in pairs) or not Placement.objects.wait_in(folder, uidvalidity):
            return cls({}, {}, {})
        names = {name for arrival, message in pairs for name in _names(message, arrival)}
        copies = Placement.objects.filter(folder=folder, uid=None, gone_at=None)
        filed = Change.objects.filter(kind=Change.Kind.APPEND, mailbox=folder.mailbox_id, message=OuterRef("message"))
        copies = copies if folder.role == Folder.Role.DRAFTS else copies.filter(Exists(filed))
        unnamed = Q(uid=None, gone_at=None) | (Q(uid__isnull=False) & ~Q(uidvalidity=uidvalidity))
        ours = Placement.objects.filter(unnamed, message__among=[message.pk for _, message in pairs], folder=folder)
        by_message: dict[int, list[Placement]] = defaultdict(list)
        by_name: dict[object, list[Placement]] = defaultdict(list)
        for placement in ours.order_by("-id").select_related("message"):
            by_message[placement.message_id].append(placement)
        for placement in copies.exclude(pk__in=ours.values("pk")).order_by("-id").select_related("message"):
            for name in names.intersection(_names(placement.message)):
                by_name[name].append(placement)
        letters = [placement.message_id for some in (*by_message.values(), *by_name.values()) for placement in some]
        return cls(by_message, by_name, Change.objects.overlays(letters))

    def take(self, arrival: Arrival, message: Message) -> Placement | None:
        """The placement that this arrival is, now with its UID."""
        if arrival.uid is None or not (self.by_message or self.by_name):
            return None
        candidates = [self.by_message[message.pk], *(self.by_name[name] for name in _names(message, arrival))]
        placement = next((one for some in candidates for one in reversed(some) if one.pk not in self.taken), None)
        if placement is None:
            return None
        self.taken.add(placement.pk)
        if placement.message_id != message.pk:
            self.left.add(placement.message.thread_id)
            _refile(placement, message)
        placement.uid, placement.uidvalidity, placement.modseq = arrival.uid, arrival.uidvalidity, arrival.modseq
        placement.hear(arrival.flags, arrival.keywords, self.overlays[placement.pk])
        return placement


def _names(message: Message, arrival: Arrival | None = None) -> list[object]:
    """By what a copy is recognised: its Message-ID; where a provider has given it another, what our own header calls it, or
    its subject and Date."""
    ours = _OURS.search(arrival.raw) if arrival else None
    look = (message.subject, message.sent_at) if message.sent_at else None
    return [name for name in (message.message_id, ours and ours[1].decode("ascii", "replace"), look) if name]


def _refile(placement: Placement, message: Message) -> None:
    """The server holds other bytes of a letter that we filed (it saved its own copy): the server's count."""
    Outgoing.objects.filter(filed=placement.message_id).update(filed=message)
    Change.objects.filter(message=placement.message_id).update(message=message)
    placement.message = message
