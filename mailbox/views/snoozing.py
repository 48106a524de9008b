"""Not now, and not at all: a conversation comes back at another time, or its letters no longer come to the inbox."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Folder, ThreadFolder
from mailbox.sync import muting, snoozing
from mailbox.sync.rights import CannotChange
from mailbox.templatetags.look import moment
from mailbox.views import filed, times
from mailbox.views.filed import Pair
from mailbox.views.filing import letters_in, pair_of

PLACES = [Folder.Role.INBOX, Folder.Role.NONE]  # from where something can be put off


@require_POST
@signed_in
def snooze(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _snooze(request, [pair_of(request, thread_id)])


@require_POST
@signed_in
def snooze_chosen(request: SignedInRequest) -> HttpResponse:
    pairs = [pair for pair in map(filed.read_pair, request.POST.getlist("t")) if pair]
    if not pairs:
        return filed.refused(request, gettext("Choose at least one conversation first."))
    return _snooze(request, pairs)


@require_POST
@signed_in
def wake(request: SignedInRequest, thread_id: int) -> HttpResponse:
    pair = pair_of(request, thread_id)
    try:
        snoozing.wake(request.user, _rows(request, [pair]))
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.gone(request, [pair], gettext("The conversation is back"))


@require_POST
@signed_in
def mute(request: SignedInRequest, thread_id: int) -> HttpResponse:
    pair = pair_of(request, thread_id)
    try:
        done = muting.mute(request.user, letters_in(request.user, [pair]))
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.gone(request, [pair], gettext("Muted: new letters go to the archive"), done.token)


@require_POST
@signed_in
def unmute(request: SignedInRequest, thread_id: int) -> HttpResponse:
    pair = pair_of(request, thread_id)
    try:
        muting.unmute(request.user, letters_in(request.user, [pair]))
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.said(request, [pair], gettext("New letters come to the inbox again"))


def _snooze(request: SignedInRequest, pairs: list[Pair]) -> HttpResponse:
    until = times.chosen(request.POST.get("until", ""), request.POST.get("at", ""))
    rows = _rows(request, pairs).filter(folder__role__in=PLACES)
    if not rows.exists():
        raise Http404
    if until is None:
        return filed.refused(request, gettext("Choose a day and a time."))
    try:
        done = snoozing.snooze(request.user, rows, until)
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    words = ngettext("Snoozed until %(time)s", "%(count)d conversations snoozed until %(time)s", len(pairs))
    return filed.gone(request, pairs, words % {"count": len(pairs), "time": moment(until)}, done.token)


def _rows(request: SignedInRequest, pairs: list[Pair]) -> "snoozing.Rows":
    return ThreadFolder.objects.of(request.user).filter(filed.among(pairs, "thread_id", "folder_id"))
