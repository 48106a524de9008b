"""Flags, keywords and labels are told to the server: always as a difference, so repeating one changes nothing.

a flag, a mark of programs   STORE +FLAGS
a label                      the same, where the folder keeps keywords that it does not know yet (PERMANENTFLAGS \\*)
a label at Gmail             STORE +X-GM-LABELS
a label elsewhere            it lives here only
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from mailbox.imap.codes import Selected
from mailbox.imap.labels import HERE, is_label, lives_here
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Label, Placement
from mailbox.sync.session import Session, Settle, flag_names


def store(session: Session, changes: Sequence[Change]) -> Settle:
    """A Change whose answer was lost is simply told again."""
    args = changes[0].args
    places = Placement.objects.select_related("folder").in_bulk([change.args["placement"] for change in changes])
    if not places or lives_here(args.get("keyword", "")):
        return set
    selected = session.select(next(iter(places.values())).folder, readonly=False)
    if not _can_keep(session, selected, args):
        return partial(_keep_here, list(places.values()), args)
    known = [place for place in places.values() if place.uid and place.uidvalidity == selected.uidvalidity]
    if known:
        _say(session, UidSet.of(place.uid for place in known if place.uid), args)
    waiting = places.keys() - {place.pk for place in known}
    later = {change.pk for change in changes if change.args["placement"] in waiting}
    return partial(_acknowledge, known, args, later)


def _can_keep(session: Session, selected: Selected, args: dict[str, Any]) -> bool:
    """Some take every keyword without a word, and have forgotten it in the next session."""
    keyword = args.get("keyword", "")
    return not (is_label(keyword) and args["on"]) or session.client.has_labels or selected.keeps(keyword)


def _say(session: Session, uids: UidSet, args: dict[str, Any]) -> None:
    if session.client.has_labels and is_label(args.get("keyword", "")):
        session.client.store_labels(uids, args["keyword"], on=args["on"])
    else:
        names = (args["keyword"],) if "keyword" in args else flag_names(args["flag"])
        session.client.store(uids, flags=names, on=args["on"])


def _acknowledge(places: Sequence[Placement], args: dict[str, Any], later: set[int]) -> set[int]:
    for place in places:
        if "flag" in args:
            place.server_flags = place.server_flags | args["flag"] if args["on"] else place.server_flags & ~args["flag"]
        else:
            others = set(place.server_keywords) - {args["keyword"]}
            place.server_keywords = sorted(others | {args["keyword"]} if args["on"] else others)
    Placement.objects.bulk_update(places, ["server_flags", "server_keywords"], batch_size=500)
    return later


def _keep_here(places: Sequence[Placement], args: dict[str, Any]) -> set[int]:
    """From now on the label has a name that no server could give."""
    keyword, ours = args["keyword"], HERE + args["keyword"]
    for place in places:
        if keyword in place.keywords:
            place.keywords = sorted({one for one in place.keywords if one != keyword} | {ours})
    Placement.objects.bulk_update(places, ["keywords"], batch_size=500)
    labels = Label.objects.filter(mailbox=places[0].folder.mailbox_id)
    if labels.filter(keyword=ours).exists():
        labels.filter(keyword=keyword).delete()
    labels.filter(keyword=keyword).update(keyword=ours)
    return set()
