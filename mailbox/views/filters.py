"""Filters: what a person wants done with letters of a kind, as soon as they come."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.bell import ring
from mailbox.forms.filters import FilterForm
from mailbox.housekeeping import sifting
from mailbox.models import Access, Bulk, Filter, Label, Mailbox
from mailbox.search import find
from mailbox.sync import bulk
from mailbox.sync.rights import CannotChange
from mailbox.sync.tokens import UNDO_FOR
from mailbox.views.places import label_of

MOST = 999  # fitting letters that are counted
FIELDS: dict[str, Promise] = {
    "sender": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "subject": gettext_lazy("Subject"),
    "words": gettext_lazy("Words"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A filter as the page tells it: what it asks for, what it does, and did lately with letters that were here before;
    `number` is its place among those of its Mailbox."""

    number: int
    rule: Filter
    asks: list[tuple[str, str]]
    does: list[str]
    job: Bulk | None


@require_safe
@signed_in
def filters(request: SignedInRequest) -> HttpResponse:
    """All of them; with ?one only that one, for a page that follows its job."""
    homes = Mailbox.objects.of(request.user).filter(access__role__in=Access.CHANGES).order_by("pk")
    rules = list(Filter.objects.writable(request.user).select_related("folder").order_by("position", "pk"))
    jobs = _jobs(request.user, rules)
    trees = [(home, _lines([rule for rule in rules if rule.mailbox_id == home.pk], jobs)) for home in homes]
    if "one" in request.GET:
        found = [line for tree in trees for line in tree[1] if str(line.rule.pk) == request.GET["one"]]
        return render(request, "mailbox/_filter.html", {"line": found[0]}) if found else HttpResponse()
    return render(request, "mailbox/filters.html", {"trees": trees})


def _lines(rules: Sequence[Filter], jobs: Mapping[int | None, Bulk]) -> list[Line]:
    return [line_of(number, rule, jobs.get(rule.pk)) for number, rule in enumerate(rules, 1)]


def line_of(number: int, rule: Filter, job: Bulk | None) -> Line:
    asks = [(str(label), getattr(rule, name)) for name, label in FIELDS.items() if getattr(rule, name)]
    asks += [(_("With"), _("files"))] if rule.has_file else []
    does = [_("Move to %(folder)s") % {"folder": label_of(rule.folder)}] if rule.folder and rule.do == Filter.Do.MOVE else []
    does += [str(rule.get_do_display())] if rule.do in (Filter.Do.ARCHIVE, Filter.Do.TRASH) else []
    does += [_("Label %(name)s") % {"name": rule.label}] if rule.label else []
    return Line(number, rule, asks, does + [_("Mark read")] * rule.read + [_("Star")] * rule.star, job)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """An address may bring the first words along: ?sender=bob@hamburger.edu."""
    form = FilterForm(changeable(request, mailbox_id), request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        last = Filter.objects.filter(mailbox=mailbox_id).aggregate(last=Max("position"))["last"]
        form.instance.position = 0 if last is None else last + 1
        return _save(request, form)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: SignedInRequest, filter_id: int) -> HttpResponse:
    found = writable(request, filter_id)
    form = FilterForm(found.mailbox, request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        return _save(request, form)
    return _form(request, form)


def _form(request: SignedInRequest, form: FilterForm) -> HttpResponse:
    folders = form.fields["folder"].queryset.order_by("role", "name")  # type: ignore[attr-defined]  # of a model's rows
    context = {
        "form": form,
        "mailbox": form.instance.mailbox,
        "places": [(folder.pk, label_of(folder)) for folder in folders],
        "labels": Label.objects.filter(mailbox=form.instance.mailbox).order_by("name").values_list("name", flat=True),
        "chosen": str(form["folder"].value() or ""),
    }
    return render(request, "mailbox/filter.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, form: FilterForm) -> HttpResponse:
    rule = form.save()
    ring("mirror.sift", rule.mailbox_id)
    if form.cleaned_data["old"]:
        try:
            with suppress(CannotChange), find.patiently():  # there is none
                bulk.begin(request.user, sifting.fitting_in_inbox(rule), bulk.FILTER, rule=rule)
        except find.TooLong:
            messages.error(request, _("The filter is saved, but finding earlier letters took too long. They stay as they are."))
    return redirect("filters")


@require_safe
@signed_in
def fits(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """How many letters of the inbox the filter would have caught, while it is typed."""
    form = FilterForm(changeable(request, mailbox_id), request.GET)
    count, subjects = 0, list[str]()
    if not {"sender", "to", "subject", "words"} & set(form.errors):
        try:
            with find.patiently(1.0):
                fitting = sifting.fitting_in_inbox(form.instance)
                count = fitting[:MOST].count()
                subjects = list(fitting.order_by("-sort_at").values_list("message__subject", flat=True)[:3])
        except find.TooLong:
            pass
    return render(request, "mailbox/_fits.html", {"count": count, "subjects": subjects, "most": MOST})


@require_POST
@signed_in
def switch(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """On, for letters that come from now on; or off."""
    found = writable(request, filter_id)
    on = "on" in request.POST
    found.since = timezone.now() if on and not found.on else found.since
    found.on = on
    found.save(update_fields=["on", "since"])
    return HttpResponse(status=204) if request.htmx else redirect("filters")


@require_POST
@signed_in
def earlier(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """One place up."""
    found = writable(request, filter_id)
    order = list(Filter.objects.filter(mailbox=found.mailbox).order_by("position", "pk").values_list("pk", flat=True))
    at = order.index(found.pk)
    order.insert(max(0, at - 1), order.pop(at))
    for position, pk in enumerate(order):
        Filter.objects.filter(pk=pk).exclude(position=position).update(position=position)
    return redirect("filters")


@require_POST
@signed_in
def take_back(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """What it did with the letters that were here before it."""
    job = _jobs(request.user, [writable(request, filter_id)]).get(filter_id)
    try:
        bulk.undo(request.user, job.pk if job else 0)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("filters")


def _jobs(user: User, rules: Sequence[Filter]) -> dict[int | None, Bulk]:
    """The last job of each filter, as long as it can be undone."""
    jobs = Bulk.objects.of(user).filter(filter__in=rules, created_at__gt=timezone.now() - UNDO_FOR).defer("letters")
    return {job.filter_id: job for job in jobs.order_by("pk")}


@require_POST
@signed_in
def remove(request: SignedInRequest, filter_id: int) -> HttpResponse:
    writable(request, filter_id).delete()
    messages.success(request, _("The filter is gone. What it did stays done."))
    return redirect("filters")


def writable(request: SignedInRequest, filter_id: int) -> Filter:
    """A stranger's is not there; of a Mailbox that the person may only read nothing can be changed."""
    found = get_object_or_404(Filter.objects.of(request.user).select_related("mailbox", "folder"), pk=filter_id)
    changeable(request, found.mailbox_id)
    return found


def changeable(request: SignedInRequest, mailbox_id: int) -> Mailbox:
    access = get_object_or_404(Access.objects.select_related("mailbox"), user=request.user, mailbox=mailbox_id)
    if access.role not in Access.CHANGES:
        raise PermissionDenied
    return access.mailbox
