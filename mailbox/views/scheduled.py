"""Letters that wait for their time: the list of them, and the buttons that change it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import SignedInRequest, signed_in
from mailbox.forms.when import WhenForm
from mailbox.models import Outgoing
from mailbox.outbox import posting
from mailbox.outbox.later import waiting
from mailbox.templatetags.look import initials
from mailbox.views import sheet
from mailbox.views.delivery import said, sendable

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Row:
    outgoing: Outgoing
    who: str
    stamp: str
    initials: str


@require_GET
@never_cache
@signed_in
def scheduled(request: SignedInRequest) -> HttpResponse:
    rows = [_row(one) for one in waiting(request.user).prefetch_related("recipients").defer("data")[:SHOWN]]
    return render(request, "mailbox/scheduled.html", {"rows": rows, "here": "scheduled"})


@require_POST
@signed_in
def now(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """Let it leave at once."""
    try:
        return _moved(request, posting.reschedule(sendable(request, outgoing_id), request.user))
    except posting.TooLate:
        return said(request, outgoing_id, gettext("Too late: the letter is on its way."))
    except posting.CannotPost as problem:
        return said(request, outgoing_id, problem.sentence)


@require_POST
@signed_in
def reschedule(request: SignedInRequest, outgoing_id: int) -> HttpResponse:
    """Let it leave at another time."""
    found, when = sendable(request, outgoing_id), WhenForm(request.POST)
    if not when.is_valid():
        return said(request, outgoing_id, when.sentence)
    try:
        return _moved(request, posting.reschedule(found, request.user, when.cleaned_data["not_before"]))
    except posting.TooLate:
        return said(request, outgoing_id, gettext("Too late: the letter is on its way."))
    except posting.CannotPost as problem:
        return said(request, outgoing_id, problem.sentence)


def _moved(request: SignedInRequest, outgoing: Outgoing) -> HttpResponse:
    """It has a new number, and so a page of its own."""
    messages.success(request, gettext("It leaves at that time.") if outgoing.chosen else gettext("It leaves now."))
    url = reverse("outgoing", args=[outgoing.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _row(outgoing: Outgoing) -> Row:
    people = sorted(outgoing.recipients.all(), key=lambda one: one.pk)
    first = people[0]
    return Row(outgoing, sheet.names_of(people), first.address, initials(first.name or first.address))
