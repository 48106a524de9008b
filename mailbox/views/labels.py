"""Labelling: a press in the menu gives letters a label, or takes it away where all of them have it; a drop only gives it."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.imap.labels import LONGEST
from mailbox.sync import labelling
from mailbox.sync.bulk import LABEL, UNLABEL
from mailbox.sync.changes import Places
from mailbox.sync.rights import CannotChange
from mailbox.views import bulk, filed
from mailbox.views.filed import Pair
from mailbox.views.filing import letters_in, pair_of
from mailbox.views.listing import listing_of
from mailbox.views.shell import side_of


@require_POST
@signed_in
def label(request: SignedInRequest, thread_id: int) -> HttpResponse:
    return _label(request, [pair_of(request, thread_id)])


@require_POST
@signed_in
def label_chosen(request: SignedInRequest) -> HttpResponse:
    if "every" in request.POST:
        return _label_every(request)
    pairs = [pair for pair in map(filed.read_pair, request.POST.getlist("t")) if pair]
    if not pairs:
        return filed.refused(request, gettext("Choose at least one conversation first."))
    return _label(request, pairs)


def _label(request: SignedInRequest, pairs: list[Pair]) -> HttpResponse:
    name, letters = _name(request), letters_in(request.user, pairs)
    on = _gives(request, letters, name)
    try:
        done = labelling.label(request.user, letters, name, on)
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    words = gettext("Label %(name)s added") if on else gettext("Label %(name)s removed")
    return filed.changed(request, pairs, words % {"name": name}, done.token)


def _label_every(request: SignedInRequest) -> HttpResponse:
    side, name = side_of(request), _name(request)
    listing = listing_of(request.user, request.GET.get("list", ""), request.GET.get("show", ""), side)
    letters = bulk.letters_of(request.user, listing).filter(folder__mailbox__in=side.changeable)
    return bulk.begin(request, letters, LABEL if _gives(request, letters, name) else UNLABEL, name)


def _gives(request: SignedInRequest, letters: Places, name: str) -> bool:
    return "on" in request.GET or not labelling.carries(letters, name)


def _name(request: SignedInRequest) -> str:
    """The label that was pressed, or else the new one that was typed."""
    return (request.POST.get("label") or request.POST.get("new_label", ""))[: LONGEST + 1].replace("\0", "").strip()
