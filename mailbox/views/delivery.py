"""Where a sent letter is: a stop for every server, a line for every addressee, and the buttons that still help."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Access, Outgoing
from mailbox.outbox import drafts, posting
from mailbox.views import sheet


@require_GET
@never_cache
@signed_in
def outgoing(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """The whole page, or for htmx the panel alone."""
    return _show(request, outgoing_id)


def _show(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    found = get_object_or_404(Outgoing.objects.of(request.user).select_related("filed", "mailbox"), pk=outgoing_id)
    return render(request, "mailbox/_delivery_alone.html" if request.htmx else "mailbox/delivery.html", {"outgoing": found})


@require_POST
@signed_in
def undo(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """Bring the draft back as it was, while the letter has not left."""
    try:
        draft = posting.undo(sendable(request, outgoing_id), request.user)
    except posting.TooLate:
        return said(request, outgoing_id, gettext("Too late: the letter is on its way."))
    return sheet.show(request, draft) if request.htmx else redirect("draft", draft.key)


@require_POST
@signed_in
def retry(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """Try those again who have not got it: at once, not when it is due."""
    posting.retry(sendable(request, outgoing_id), request.user)
    return _panel(request, outgoing_id)


@require_POST
@signed_in
def cancel(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """Try no more; who has got it has got it."""
    posting.cancel(sendable(request, outgoing_id), request.user)
    return _panel(request, outgoing_id)


@require_POST
@signed_in
def correct(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """The same letter as a new draft, to those who have not got it: for a wrong address or a refusal."""
    draft = drafts.again(sendable(request, outgoing_id), request.user)
    return sheet.show(request, draft) if request.htmx else redirect("draft", draft.key)


def sendable(request: SignedInRequest, outgoing_id: int) -> Outgoing:
    """The letter if this person may send for its mailbox; who may only read hears 403, a stranger 404."""
    found = get_object_or_404(Outgoing.objects.of(request.user), pk=outgoing_id)
    if not _may_send(request, found):
        raise PermissionDenied
    return found


def _may_send(request: SignedInRequest, found: Outgoing) -> bool:
    return Access.objects.filter(user=request.user, mailbox=found.mailbox_id, role__in=Access.SENDS).exists()


def _panel(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    return _show(request, outgoing_id) if request.htmx else redirect("outgoing", outgoing_id)


def said(request: SignedInRequest, outgoing_id: int, sentence: str) -> HttpResponse:
    """A sentence in a toast, beside whatever the page shows; without script on the page of the letter."""
    if not request.htmx:
        messages.warning(request, sentence)
        return redirect("outgoing", outgoing_id)
    response = render(request, "mailbox/_too_late.html", {"outgoing_id": outgoing_id, "sentence": sentence})
    return reswap(response, "none")
