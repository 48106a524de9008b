"""A conversation: the letters of one thread on one line, read where they lie in the mirror."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Thread
from mailbox.views.inbox import list_context
from mailbox.views.listing import listing_of
from mailbox.views.shell import Side


@signed_in
def thread(request: SignedInRequest, thread_id: int) -> HttpResponse:
    found = Thread.objects.of(request.user).filter(pk=thread_id).first()
    if found is None:
        raise Http404
    side = Side(request.user)
    listing = listing_of(request.user, request.GET.get("list") or f"f{request.GET.get('in', '')}", "", side)
    return render(request, "mailbox/inbox.html", list_context(request, listing, side, current=found.pk))
