"""Writing: the page where a letter begins, its autosave, and the Send button."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import SignedInRequest, signed_in
from mailbox.forms.compose import DraftForm, LetterForm
from mailbox.forms.when import WhenForm
from mailbox.models import Draft, Message
from mailbox.outbox import drafts, people, posting, sending, starts
from mailbox.outbox.drafts import Gone, Stale, Written
from mailbox.outbox.suppressing import RefusedBefore
from mailbox.views import sheet
from mailbox.views.lapsed import held

logger = logging.getLogger(__name__)

ANSWERS = (Draft.Kind.REPLY, Draft.Kind.REPLY_ALL, Draft.Kind.FORWARD)


@require_GET
@never_cache
@signed_in
def write(request: SignedInRequest) -> HttpResponse:
    """A new letter, or an answer (?reply= ?reply_all= ?forward=). Nothing is kept before something is typed."""
    draft = _start(request)
    if draft is None:
        return render(request, "mailbox/compose_nobody.html")
    return sheet.show(request, draft)


def _start(request: SignedInRequest) -> Draft | None:
    kind = next((kind for kind in ANSWERS if kind in request.GET), None)
    if kind is None:
        return starts.new(request.user, **{name: request.GET.get(name, "") for name in Written.FIELDS if name != "html"})
    number = request.GET[kind]
    message = get_object_or_404(Message.objects.of(request.user), pk=int(number) if number.isdecimal() else 0)
    begun = Draft.objects.of(request.user).open().filter(about=message, kind=kind).last()
    return begun or starts.answer(request.user, message, kind)


@require_GET
@never_cache
@signed_in
def draft(request: SignedInRequest, key: UUID) -> HttpResponse:
    """A draft that was kept; once it is sent, where the letter is."""
    found = get_object_or_404(Draft.objects.of(request.user).filter(discarded_at=None), key=key)
    if found.sent_at:
        return redirect("outgoing", found.outgoing.latest("pk").pk)
    return sheet.show(request, found)


@require_POST
@held
@signed_in
@sheet.own_sheet
def save(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Keep what is on the page. The autosave hears the time and the revision, and touches no field."""
    form = DraftForm(request.user, request.POST)
    if not form.is_valid():
        return sheet.show_form(request, key, form)
    try:
        kept = drafts.save(request.user, key, form.written())
    except Draft.DoesNotExist:
        raise Http404 from None
    except (Stale, Gone) as late:
        return sheet.too_late(request, key, form, late)
    if not request.htmx:
        return redirect("draft", key)
    return sheet.saved(request, kept)


@require_POST
@held
@signed_in
@sheet.own_sheet
def send(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Hand the letter to the queue. Asked twice, it is sent once and both hear the same."""
    form = LetterForm(request.user, request.POST)
    return _post(request, key, form) if form.is_valid() else sheet.show_form(request, key, form)


@require_POST
@held
@signed_in
@sheet.own_sheet
def schedule(request: SignedInRequest, key: UUID) -> HttpResponse:
    """The same, to leave at a time the person has chosen."""
    form, when = LetterForm(request.user, request.POST), WhenForm(request.POST)
    if form.is_valid() and when.is_valid():
        return _post(request, key, form, when.cleaned_data["not_before"])
    if not when.is_valid():
        form.add_error(None, when.sentence)
    return sheet.show_form(request, key, form)


def _post(request: SignedInRequest, key: UUID, form: LetterForm, not_before: datetime | None = None) -> HttpResponse:
    try:
        anyway = form.cleaned_data["anyway"]
        outgoing = sending.send(request.user, key, form.written(), not_before=not_before, anyway=anyway)
    except Draft.DoesNotExist:
        raise Http404 from None
    except posting.CannotPost as problem:
        form.refused = problem.field if isinstance(problem, RefusedBefore) else ""
        form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)
        return sheet.show_form(request, key, form)
    except (Stale, Gone) as late:
        return sheet.too_late(request, key, form, late)
    except OperationalError:  # no room on the disk, or a database that is just restarting
        logger.exception("A letter could not be queued.")
        form.add_error(None, gettext("The letter could not be saved, and nothing was sent. Try again in a minute."))
        return sheet.show_form(request, key, form)
    return sheet.sent(request, outgoing, form)


@require_POST
@signed_in
@sheet.own_sheet
def copy(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Keep what is on this page as a second draft, when another page has changed or sent the first."""
    form = DraftForm(request.user, request.POST)
    first = get_object_or_404(Draft.objects.of(request.user), key=key)
    if not form.is_valid():
        return sheet.show_form(request, key, form)
    try:
        twin = drafts.copy(first, form.written())
    except Draft.DoesNotExist:
        raise Http404 from None
    return sheet.show(request, twin) if request.htmx else redirect("draft", twin.key)


@require_POST
@signed_in
@sheet.own_sheet
def discard(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Throw the draft away; for a day it can be brought back. A page that was never kept has nothing to throw away."""
    found = Draft.objects.of(request.user).open().filter(key=key).first()
    if found:
        drafts.discard(found)
    if request.htmx and request.POST.get("place") == "dock":
        return render(request, "mailbox/_discarded.html", {"draft": found})
    return HttpResponseClientRedirect(reverse("drafts")) if request.htmx else redirect("drafts")


@require_POST
@signed_in
def restore(request: SignedInRequest, key: UUID) -> HttpResponse:
    found = get_object_or_404(Draft.objects.of(request.user).filter(sent_at=None), key=key)
    drafts.restore(found)
    found.discarded_at = None
    return sheet.show(request, found) if request.htmx else redirect("draft", key)


@require_GET
@signed_in
def suggestions(request: SignedInRequest) -> HttpResponse:
    """The people that the typed letters may mean, as options of a listbox."""
    typed = request.GET.get("q", "")[:254]
    context = {"people": people.offers(request.user, typed), "list": request.GET.get("list", "")[:20]}
    return render(request, "mailbox/_people.html", context)
