"""The letter that is answered or forwarded gets its mark together with the answer's copy in Sent; its server is told once
the undo time is over."""

from django.db.models import F

from mailbox import threads
from mailbox.models import Change, Draft, Flag, Message, Outgoing, Placement
from mailbox.models.placement import storable

FORWARDED = "$Forwarded"  # RFC 9051 section 2.3.2

Kind = Change.Kind


def mark(outgoing: Outgoing) -> None:
    """In the caller's transaction, under the lock of the letter's Mailbox."""
    draft = outgoing.draft
    if draft is None or draft.about is None:
        return
    for place in Placement.objects.live().filter(message=draft.about).select_related("folder__mailbox"):
        if draft.kind == Draft.Kind.FORWARD:
            fresh = FORWARDED not in place.keywords
            place.keywords = storable([*place.keywords, FORWARDED])
        else:
            fresh = not place.flags & Flag.ANSWERED
            place.flags |= Flag.ANSWERED
        if fresh:
            place.save(update_fields=["flags", "keywords"])
            _remember(outgoing, draft, place)


def take_back(outgoing: Outgoing) -> None:
    """As if never answered; what the server has been told stays."""
    told = Change.objects.filter(kind__in=[Kind.FLAG, Kind.KEYWORD], state=Change.State.PENDING, args__outgoing=outgoing.pk)
    mine = told.filter(message=outgoing.draft.about) if outgoing.draft else told.none()
    for change in mine.select_for_update():
        place = Placement.objects.filter(pk=change.args["placement"])
        if change.kind == Kind.FLAG:
            place.update(flags=F("flags").bitand(~Flag.ANSWERED))
        for one in place if change.kind == Kind.KEYWORD else ():
            one.keywords = [keyword for keyword in one.keywords if keyword != FORWARDED]
            one.save(update_fields=["keywords"])
        change.delete()


def lock(mailbox_id: int, *about: Message | None) -> None:
    """Of all their Mailboxes, always in the same order: a letter may be answered from another one."""
    for one in sorted({mailbox_id, *(letter.mailbox_id for letter in about if letter)}):
        threads.lock(one)


def _remember(outgoing: Outgoing, draft: Draft, place: Placement) -> None:
    if place.folder.mailbox.is_collected:
        return
    forward = draft.kind == Draft.Kind.FORWARD
    what = {"keyword": FORWARDED} if forward else {"flag": int(Flag.ANSWERED)}
    Change.objects.create(
        mailbox_id=place.folder.mailbox_id,
        message_id=place.message_id,
        kind=Kind.KEYWORD if forward else Kind.FLAG,
        args={"placement": place.pk, "on": True, "outgoing": outgoing.pk, **what},
        next_at=outgoing.not_before,
    )
