"""The addresses that have taken no letter: a list of the person's own, from which each may be taken off again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.mime.headers import read_addresses
from mailbox.models import Access, Identity, Suppression
from mailbox.outbox import suppressing

MOST = 500  # shown
FEW = 10  # shown under a line of the sheet


@require_GET
@never_cache
@signed_in
def refused(request: SignedInRequest) -> HttpResponse:
    found = Suppression.objects.of(request.user).select_related("mailbox").order_by("-created_at", "-pk")
    return render(request, "mailbox/refused.html", {"refused": found[:MOST]})


@require_POST
@signed_in
def warn(request: SignedInRequest) -> HttpResponse:
    """Which addressees of a letter that is being written have refused letters before: why, when, and the way round it."""
    chosen = request.POST.get("identity", "")
    mine = Identity.objects.writable(request.user).select_related("mailbox")
    identity = get_object_or_404(mine, pk=int(chosen) if chosen.isdecimal() else 0)
    people = read_addresses(*(request.POST.get(line, "").replace("\0", "") for line in ("to", "cc", "bcc")))
    found = suppressing.known(identity.mailbox, (person.address for person in people))[:FEW]
    return render(request, "mailbox/_refused_before.html", {"refused": found, "anyway": "anyway" in request.POST})


@require_POST
@signed_in
def forget(request: SignedInRequest, suppression_id: int) -> HttpResponse:
    """Only who may send for that mailbox."""
    mine = {"mailbox__access__user": request.user, "mailbox__access__role__in": Access.SENDS}
    get_object_or_404(Suppression.objects.filter(**mine), pk=suppression_id).delete()
    return redirect("refused")
