"""The addresses that have taken no letter: a list of the person's own, from which each may be taken off again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Access, Suppression

MOST = 500  # shown


@require_GET
@never_cache
@signed_in
def refused(request: SignedInRequest) -> HttpResponse:
    found = Suppression.objects.of(request.user).select_related("mailbox").order_by("-created_at", "-pk")
    return render(request, "mailbox/refused.html", {"refused": found[:MOST]})


@require_POST
@signed_in
def forget(request: SignedInRequest, suppression_id: int) -> HttpResponse:
    """Only who may send for that mailbox."""
    mine = {"mailbox__access__user": request.user, "mailbox__access__role__in": Access.SENDS}
    get_object_or_404(Suppression.objects.filter(**mine), pk=suppression_id).delete()
    return redirect("refused")
