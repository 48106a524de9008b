"""One deed for everything in a list, however long it is: a job begins, and the page hears how far it is."""

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import reswap, retarget

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.models import Bulk, Flag, Folder, Placement, ThreadFolder
from mailbox.sync import bulk
from mailbox.sync.changes import Places
from mailbox.sync.rights import CannotChange
from mailbox.views import filed
from mailbox.views.findings import letters_found
from mailbox.views.listing import Listing, listing_of
from mailbox.views.shell import side_of

LETTERS = {"unread": Flag.SEEN, "starred": Flag.FLAGGED}
FILTERS: dict[str, dict[str, Any]] = {"unread": {"unread__gt": 0, "snoozed_until": None}, "starred": {"flagged__gt": 0}}


@require_safe
@signed_in
def progress(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """How far the job is; when it is over, the whole note anew."""
    job = get_object_or_404(Bulk.objects.of(request.user), pk=bulk_id)
    if job.state in (Bulk.State.DOING, Bulk.State.UNDOING):
        return render(request, "mailbox/_bulk_count.html", {"job": job, "all": len(job.letters)})
    response = render(request, "mailbox/_bulk_note.html", {"job": job, "text": over(job), "token": _token(job)})
    return reswap(retarget(response, f"#bulk-{job.pk}"), "outerHTML")


def every(request: SignedInRequest, do: str, to: str) -> HttpResponse:
    """The deed of the bar, for all that the list of the address shows and would show further down."""
    side = side_of(request)
    listing = listing_of(request.user, request.GET.get("list", ""), request.GET.get("show", ""), side)
    if not listing.files:
        return filed.refused(request, gettext("You may read this mailbox, but not change it."))
    return begin(request, letters_of(request.user, listing).filter(folder__mailbox__in=side.changeable), do, to)


def begin(request: SignedInRequest, places: Places, do: str, to: str = "") -> HttpResponse:
    """The job for these letters; `do` and `to` as the bulk form names them."""
    if do not in {*bulk.DEEDS, bulk.MOVE, bulk.FOR_EVER, bulk.LABEL, bulk.UNLABEL}:
        raise Http404
    folder = None
    if do == bulk.MOVE:
        folder = get_object_or_404(Folder.objects.of(request.user), pk=int(to) if to.isdecimal() else 0)
    try:
        job = bulk.begin(request.user, places, do, folder, to if do in (bulk.LABEL, bulk.UNLABEL) else "")
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.begun(request, job, under_way(job))


def letters_of(user: User, listing: Listing) -> Places:
    """Every letter of every conversation in the list, where it lies there."""
    if listing.search is not None:
        return letters_found(user, listing.search)
    rows = ThreadFolder.objects.filter(**FILTERS.get(listing.show, {"snoozed_until": None}))
    places = Placement.objects.of(user).live().annotate(deleted=F("flags").bitand(Flag.DELETED))
    here = places.filter(folder__in=[folder.pk for folder in listing.folders], deleted=0)
    if not user.conversations and listing.show in LETTERS:
        here = here.annotate(mark=F("flags").bitand(LETTERS[listing.show])).filter(mark=0 if listing.show == "unread" else 4)
    return here.filter(Exists(rows.filter(thread=OuterRef("message__thread"), folder=OuterRef("folder"))))


def under_way(job: Bulk) -> str:
    count = len(job.letters)
    return ngettext("Working on %(count)s letter", "Working on %(count)s letters", count) % {"count": f"{count:,}"}


def over(job: Bulk) -> str:
    if job.state == Bulk.State.REFUSED:
        return job.trouble
    if job.state == Bulk.State.UNDONE:
        return gettext("Undone")
    words = ngettext("Done: %(count)s letter changed", "Done: %(count)s letters changed", job.changed)
    return words % {"count": f"{job.changed:,}"}


def _token(job: Bulk) -> str:
    return bulk.token_of(job) if job.state == Bulk.State.DONE and job.changed else ""
