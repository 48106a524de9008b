"""Filing: a press of a button moves letters or changes their flags here at once; the server hears of it afterwards."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.models import Flag, Folder, Merged, Placement
from mailbox.sync import changes, undoing
from mailbox.views import filed
from mailbox.views.bulk import every
from mailbox.views.filed import Pair
from mailbox.views.parting import join

Places = QuerySet[Placement]
Move = Callable[[User, Places], changes.Undo]

Words = tuple[Promise, Promise]  # of conversations, of letters

ARCHIVED: Words = (
    ngettext_lazy("Conversation archived", "%(count)d conversations archived", "count"),
    ngettext_lazy("Letter archived", "%(count)d letters archived", "count"),
)
TRASHED: Words = (
    ngettext_lazy("Conversation moved to Trash", "%(count)d conversations moved to Trash", "count"),
    ngettext_lazy("Letter moved to Trash", "%(count)d letters moved to Trash", "count"),
)
JUNKED: Words = (
    ngettext_lazy("Conversation moved to Spam", "%(count)d conversations moved to Spam", "count"),
    ngettext_lazy("Letter moved to Spam", "%(count)d letters moved to Spam", "count"),
)
RETURNED: Words = (
    ngettext_lazy("Conversation moved to Inbox", "%(count)d conversations moved to Inbox", "count"),
    ngettext_lazy("Letter moved to Inbox", "%(count)d letters moved to Inbox", "count"),
)
MOVED: Words = (
    ngettext_lazy("Conversation moved to %(folder)s", "%(count)d conversations moved to %(folder)s", "count"),
    ngettext_lazy("Letter moved to %(folder)s", "%(count)d letters moved to %(folder)s", "count"),
)
DELETED: Words = (
    ngettext_lazy("Conversation deleted for ever", "%(count)d conversations deleted for ever", "count"),
    ngettext_lazy("Letter deleted for ever", "%(count)d letters deleted for ever", "count"),
)

MOVES: dict[str, tuple[Move, Words]] = {
    "archive": (changes.archive, ARCHIVED),
    "trash": (changes.trash, TRASHED),
    "spam": (changes.junk, JUNKED),
    "inbox": (changes.to_inbox, RETURNED),
}


@require_POST
@signed_in
def leave(request: SignedInRequest, thread_id: int, do: str) -> HttpResponse:
    """Archive, trash, spam or back to the inbox, for one conversation where it lies in one folder."""
    return _leave(request, [pair_of(request, thread_id)], do)


@require_POST
@signed_in
def move(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _move(request, [pair_of(request, thread_id)], request.POST.get("to", ""))


@require_POST
@signed_in
def for_ever(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _for_ever(request, [pair_of(request, thread_id)])


@require_POST
@signed_in
def read(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _flag(request, [pair_of(request, thread_id)], Flag.SEEN, request.GET.get("on") != "0")


@require_POST
@signed_in
def star(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _flag(request, [pair_of(request, thread_id)], Flag.FLAGGED, request.GET.get("on") != "0")


@require_POST
@signed_in
def bulk(request: SignedInRequest) -> HttpResponse:
    """The same deeds for every conversation that is chosen; `do` names the deed, "move:12" with its folder."""
    pairs = [pair for pair in map(filed.read_pair, request.POST.getlist("t")) if pair]
    do, _, to = request.POST.get("do", "").partition(":")
    if "every" in request.POST:
        return every(request, do, to)
    if not pairs:
        return filed.refused(request, gettext("Choose at least one conversation first."))
    if do in MOVES:
        return _leave(request, pairs, do)
    if do == "move":
        return _move(request, pairs, to)
    if do == "for_ever":
        return _for_ever(request, pairs)
    if do == "join":
        return join(request, pairs)
    flags = {
        "read": (Flag.SEEN, True),
        "unread": (Flag.SEEN, False),
        "star": (Flag.FLAGGED, True),
        "unstar": (Flag.FLAGGED, False),
    }
    if do not in flags:
        raise Http404
    return _flag(request, pairs, *flags[do])


@require_POST
@signed_in
def undo(request: SignedInRequest) -> HttpResponse:
    try:
        undoing.undo(request.user, request.POST.get("token", ""))
    except changes.CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.put_back(request)


def pair_of(request: SignedInRequest, thread_id: int) -> Pair:
    """The conversation and the folder it was filed from; a stranger's are not found."""
    folder = request.GET.get("in", "")
    merged = Merged.objects.of(request.user).filter(pk=thread_id).first()
    letter = request.GET.get("letter", "")
    thread = merged.thread_id if merged else thread_id
    pair = Pair(thread, int(folder) if folder.isdecimal() else 0, int(letter) if letter.isdecimal() else 0)
    if not letters_in(request.user, [pair]).exists():
        raise Http404
    return pair


def letters_in(user: User, pairs: list[Pair]) -> Places:
    """The live letters of these conversations in these folders."""
    wanted = filed.among(pairs, "message__thread_id", "folder_id", "message_id")
    return Placement.objects.of(user).live().filter(wanted)


def _said(words: Words, pairs: list[Pair], **more: str) -> str:
    return str(words[bool(pairs[0].letter)] % {"count": len(pairs), **more})


def _newest(placements: Places) -> Places:
    """Of each conversation its newest letter."""
    newest = placements.order_by("folder_id", "message__thread_id", "-sort_at").distinct("folder_id", "message__thread_id")
    return Placement.objects.filter(pk__in=newest.values("pk"))


def _leave(request: SignedInRequest, pairs: list[Pair], do: str) -> HttpResponse:
    deed, words = MOVES[do]
    try:
        done = deed(request.user, letters_in(request.user, pairs))
    except changes.CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.gone(request, pairs, _said(words, pairs), done.token)


def _move(request: SignedInRequest, pairs: list[Pair], to: str) -> HttpResponse:
    folder = get_object_or_404(Folder.objects.of(request.user), pk=int(to) if to.isdecimal() else 0)
    try:
        done = changes.move(request.user, letters_in(request.user, pairs), folder)
    except changes.CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.gone(request, pairs, _said(MOVED, pairs, folder=filed.label_of(folder)), done.token)


def _for_ever(request: SignedInRequest, pairs: list[Pair]) -> HttpResponse:
    in_trash = letters_in(request.user, pairs).filter(folder__role=Folder.Role.TRASH)
    thrown = set(in_trash.values_list("message__thread", "folder"))
    if not thrown:
        return filed.refused(request, gettext("Only what lies in Trash can be deleted for ever."))
    try:
        changes.delete_for_ever(request.user, in_trash)
    except changes.CannotChange as refusal:
        return filed.refused(request, str(refusal))
    pairs = [pair for pair in pairs if pair[:2] in thrown]
    return filed.gone(request, pairs, _said(DELETED, pairs))


def _flag(request: SignedInRequest, pairs: list[Pair], flag: Flag, on: bool) -> HttpResponse:
    """Read and unstarred are whole conversations; unread and starred are their newest letters."""
    placements = letters_in(request.user, pairs)
    whole = on == (flag == Flag.SEEN) or any(pair.letter for pair in pairs)
    try:
        changes.set_flag(request.user, placements if whole else _newest(placements), flag, on)
    except changes.CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.changed(request, pairs)
