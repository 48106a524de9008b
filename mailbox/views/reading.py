"""A conversation: the letters of one thread on one line, read where they lie in the mirror."""

from contextlib import suppress
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Flag, Folder, Merged, Message, Placement, Thread
from mailbox.search.patterns import marks
from mailbox.search.query import parse
from mailbox.sync import changes
from mailbox.views.acts import filing
from mailbox.views.chips import carried, chips, choices
from mailbox.views.filed import Pair, rows_of
from mailbox.views.inbox import list_context, of_the_moment
from mailbox.views.letters import body_of
from mailbox.views.listing import SEARCH, listing_of, moves_to
from mailbox.views.rows import Row, script_of, thread_query
from mailbox.views.shell import Side, side_of
from mailbox.views.snoozing import PLACES
from mailbox.views.stops import MOST, Line, line_of
from mailbox.views.times import offers

Role = Folder.Role
LATER_THAN_INBOX = [Role.NONE, Role.ARCHIVE, Role.ALL, Role.SENT, Role.DRAFTS, Role.JUNK, Role.TRASH]


@require_safe
@signed_in
def thread(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """The conversation beside its list, or for htmx alone. Opening it marks the letters that it unfolds as read."""
    found = Thread.objects.of(request.user).filter(pk=thread_id).first()
    if found is None:
        return _where_it_went(request, thread_id)
    only = _only(request)
    placements = _placements(request, found, only)
    folder = _folder(request, placements)
    marked, side = _mark_read(request, placements), side_of(request)
    conversation = _conversation(request, found, folder, placements, side)
    moves = moves_to(side, [folder]) if conversation["files"] else []
    context = {"side": side, "convo": conversation, "moves": moves, "offers": offers()}
    listing = listing_of(request.user, request.GET.get("list") or f"f{folder.pk}", "", side)
    if request.htmx and not request.htmx.history_restore_request:
        context |= {
            "here": listing.key,
            "back": listing.own_url,
            "rows": _row(request, Pair(found.pk, folder.pk, only)) if marked else [],
            "oob": True,
        }
        response = render(request, "mailbox/_opened.html", context)
    else:
        context = list_context(request, listing, side, found.pk, only) | context | {"back": listing.own_url}
        response = render(request, "mailbox/inbox.html", context)
    return of_the_moment(response)


@require_safe
@signed_in
def letter(request: SignedInRequest, message_id: int) -> HttpResponse:
    """One letter of a conversation, unfolded."""
    message = get_object_or_404(Message.objects.of(request.user).select_related("raw", "mailbox"), pk=message_id)
    context = {"message": message, "body": body_of(message, side_of(request).mine)}
    return of_the_moment(render(request, "mailbox/_letter_body.html", context))


def _where_it_went(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """A conversation that became part of another leads there."""
    merged = get_object_or_404(Merged.objects.of(request.user), pk=thread_id)
    return redirect(f"{reverse('thread', args=[merged.thread_id])}?{request.GET.urlencode()}")


def _only(request: SignedInRequest) -> int:
    """The only one of the conversation that is to be shown; 0: all."""
    wanted = request.GET.get("letter", "")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0


def _placements(request: SignedInRequest, found: Thread, only: int) -> list[Placement]:
    """The newest letters of the conversation wherever they lie, oldest first."""
    lying = Placement.objects.of(request.user).live().filter(message__thread=found)
    lying = lying.filter(message=only) if only else lying
    newest = lying.select_related("message__raw", "message__mailbox", "folder").order_by("-sort_at", "-pk")[:MOST]
    return list(reversed(newest))


def _folder(request: SignedInRequest, placements: list[Placement]) -> Folder:
    """Where the conversation is looked at from: the folder that the address names, or the likeliest one it lies in."""
    folders = {placement.folder_id: placement.folder for placement in placements}
    if not folders:
        raise Http404
    wanted = request.GET.get("in", "")
    if wanted.isdecimal() and int(wanted) in folders:
        return folders[int(wanted)]
    order = [Role.INBOX, *LATER_THAN_INBOX]
    return min(folders.values(), key=lambda folder: order.index(Role(folder.role)))


def _conversation(
    request: SignedInRequest, found: Thread, folder: Folder, placements: list[Placement], side: Side
) -> dict[str, object]:
    """What the reader shows, apart from the list and the sidebar."""
    here = [placement for placement in placements if placement.folder_id == folder.pk]
    subject = next((p.message.subject for p in placements if p.message.subject), "") or gettext("(no subject)")
    return {
        "id": found.pk,
        "subject": subject,
        "lang": script_of(subject),
        "line": _line(request, folder, placements, side.mine),
        "base": reverse("thread", args=[found.pk]),
        "query": thread_query(folder.pk, request.GET.get("list", ""), _only(request)),
        "whole": thread_query(folder.pk, request.GET.get("list", "")),
        "letters": found.count if _only(request) else 0,
        "marks": _marks(request.GET.get("list", "")),
        "muted": found.muted,
        "snoozed": _snoozed(found, folder),
    } | _in_folder(folder, here, side)


def _in_folder(folder: Folder, here: list[Placement], side: Side) -> dict[str, object]:
    """What can be done there, and what the letters there carry."""
    files = folder.mailbox_id in side.changeable
    return {
        "files": files,
        "acts": filing(folder.role) if files else (),
        "can_snooze": files and folder.role in PLACES,
        "starred": any(placement.flags & Flag.FLAGGED for placement in here),
        "chips": chips(keyword for placement in here for keyword in placement.keywords),
        "choices": choices(side, carried(here)),
    }


def _line(request: SignedInRequest, folder: Folder, placements: list[Placement], mine: frozenset[str]) -> Line:
    asked = request.GET.get("open", "")
    return line_of(placements, folder, mine, whole="all" in request.GET, asked=int(asked) if asked.isdecimal() else 0)


def _marks(key: str) -> str:
    """What to mark in the letters of a conversation that a search found: a pattern for the page's own script (marks.js)."""
    pattern = marks(parse(key.removeprefix(SEARCH)).tree) if key.startswith(SEARCH) else None
    return pattern.pattern if pattern else ""


def _snoozed(found: Thread, folder: Folder) -> datetime | None:
    return found.places.filter(folder=folder).values_list("snoozed_until", flat=True).first()


def _mark_read(request: SignedInRequest, placements: list[Placement]) -> int:
    """Somebody who may only read a mailbox leaves no mark in it."""
    unread = [placement.pk for placement in placements if not placement.flags & Flag.SEEN]
    if not unread or request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        return 0
    with suppress(changes.Forbidden):
        return changes.set_flag(request.user, Placement.objects.of(request.user).filter(pk__in=unread), Flag.SEEN, True).count
    return 0


def _row(request: SignedInRequest, opened: Pair) -> list[Row]:
    """Its row in the list, as it looks now."""
    return rows_of(request, [opened], opened)
