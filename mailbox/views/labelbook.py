"""The person's labels: another name for one, or its end, on every letter that carries it, as one job that can be undone."""

from typing import TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Bulk, Filter, Label
from mailbox.sync import bulk, labelling
from mailbox.sync.rights import CannotChange
from mailbox.sync.tokens import UNDO_FOR
from mailbox.views.places import Place, place_of_label
from mailbox.views.shell import side_of

NAMED = 5  # jobs that are told of


class Shown(TypedDict):
    labels: list[Place]
    jobs: list[Bulk]
    busy: bool


@require_safe
@never_cache
@signed_in
def labels(request: SignedInRequest) -> HttpResponse:
    """The part of the page of the folders that is about them."""
    return render(request, "mailbox/_label_book.html", {**labels_and_jobs(request)})


def labels_and_jobs(request: SignedInRequest) -> Shown:
    lately = Bulk.objects.of(request.user).filter(do__in=[bulk.RELABEL, bulk.UNLABEL], created_at__gt=timezone.now() - UNDO_FOR)
    jobs = list(lately.exclude(state=Bulk.State.UNDONE).defer("letters").order_by("-pk")[:NAMED])
    busy = any(job.state in (Bulk.State.DOING, Bulk.State.UNDOING) for job in jobs)
    return {"labels": [place_of_label(name) for name in side_of(request).labels], "jobs": jobs, "busy": busy}


@require_POST
@signed_in
def rename(request: SignedInRequest) -> HttpResponse:
    """Into a label that there is already, too: then the two become one."""
    old, new = _typed(request, "label"), _typed(request, "name")
    try:
        _begin(request, old, bulk.RELABEL, labelling.proper(new))
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("folders")


@require_POST
@signed_in
def remove(request: SignedInRequest) -> HttpResponse:
    try:
        _begin(request, _typed(request, "label"), bulk.UNLABEL)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("folders")


@require_POST
@signed_in
def undo(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    try:
        bulk.undo(request.user, bulk_id)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("folders")


def _typed(request: SignedInRequest, field: str) -> str:
    return " ".join(request.POST.get(field, "").replace("\0", "").split())


def _begin(request: SignedInRequest, label: str, do: str, to: str = "") -> None:
    """Raises CannotChange, also where a filter would bring the label back."""
    known = Label.objects.of(request.user).named(label)
    others = known.exclude(pk__in=Label.objects.named(to).values("pk"))
    if label.casefold() == to.casefold() or (known.exists() and not others.exists()):
        raise CannotChange(gettext("This label is called that already."))
    for rule in Filter.objects.writable(request.user).exclude(label=""):
        if rule.label.casefold() == label.casefold() or known.filter(mailbox=rule.mailbox_id).named(rule.label).exists():
            raise CannotChange(gettext("A filter gives the label %(name)s. Change the filter first.") % {"name": rule.label})
    bulk.begin(request.user, labelling.carrying(request.user, label), do, label=label, to=to)
