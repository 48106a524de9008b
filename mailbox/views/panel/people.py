"""The people of the house: their duties, the domains they keep, how much they may hold and send."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, sessions
from accounts.http import SignedInRequest
from accounts.models import User
from mailbox.forms.panel import GIGABYTE, PersonForm
from mailbox.models import Access, Limit, Ward
from mailbox.models.house import mailboxes_for, people_for
from mailbox.models.limits import usage_of
from mailbox.sync import room
from mailbox.views.panel.gate import ALL, DOERS, Duty, confirmed, duty, show
from mailbox.views.panel.making import invite
from mailbox.views.panel.paging import page_of

PAGE = 50


@duty(*ALL)
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """A keeper sees the people of their domains, and of what these hold what lies there."""
    q, rank = (request.GET.get(name, "")[:254].replace("\0", "").strip() for name in ("q", "duty"))
    rows = people_for(request.user)
    rows = rows.filter(Q(email__icontains=q) | Q(name__icontains=q)) if q else rows
    rows = rows.filter(is_staff=True) if rank == "any" else rows
    page = page_of(rows.order_by("email"), request.GET.get("page", ""), PAGE)
    owned = Q(access__role="owner", access__mailbox__in=mailboxes_for(request.user))
    sums = User.objects.filter(pk__in=[one.pk for one in page.rows]).annotate(
        number=Count("access", filter=owned), held=Sum("access__mailbox__stored", filter=owned, default=0)
    )
    held = {one.pk: one for one in sums}
    context = {"here": "people", "page": page, "rows": [held[one.pk] for one in page.rows], "q": q, "rank": rank}
    return show(request, "people", context)


@duty(*ALL)
@require_safe
def person(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Operators see the form too; keepers and helpers the mailboxes that they look after."""
    found = get_object_or_404(people_for(request.user), pk=user_id)
    return _page(request, found, PersonForm(initial=_initial(found)))


@duty(Duty.OPERATOR)
@require_POST
@confirmed
def change(request: SignedInRequest, user_id: int) -> HttpResponse:
    found = get_object_or_404(User, pk=user_id)
    form = PersonForm(request.POST, initial=_initial(found))
    if form.is_valid():
        if found != request.user or (form.cleaned_data["duty"] == found.duty and form.cleaned_data["is_active"]):
            _save(request, found, form)
            return redirect("panel_person", found.pk)
        form.add_error("duty", _("Nobody changes their own duty. Ask another operator."))
    return _page(request, found, form)


def _page(request: SignedInRequest, found: User, form: PersonForm) -> HttpResponse:
    roles = Access.objects.filter(user=found, mailbox__in=mailboxes_for(request.user)).select_related("mailbox")
    mine = mailboxes_for(request.user).filter(access__user=found, access__role="owner")
    context = {
        "here": "people",
        "person": found,
        "form": form,
        "usage": usage_of(mine),
        "roles": roles.order_by("mailbox__address")[:PAGE],
        "duties": User.Duty.choices,
    }
    return show(request, "person", context, 422 if form.errors else 200)


def _initial(found: User) -> dict[str, object]:
    limit = Limit.objects.filter(user=found).first() or Limit()
    return {
        "duty": found.duty,
        "wards": " ".join(Ward.objects.filter(user=found).order_by("domain").values_list("domain", flat=True)),
        "mailboxes": limit.mailboxes,
        "gigabytes": None if limit.stored is None else f"{limit.stored / GIGABYTE:g}",
        "most_per_hour": found.most_per_hour,
        "most_per_day": found.most_per_day,
        "is_active": found.is_active,
    }


@transaction.atomic
def _save(request: SignedInRequest, found: User, form: PersonForm) -> None:
    data, before = form.cleaned_data, _initial(found)
    if data["duty"] != found.duty or data["is_active"] != found.is_active:
        found.is_active = data["is_active"]
        found.save(update_fields=["is_active"])
        found.take_duty(data["duty"])
        sessions.end(found)  # a page that is open shows no more than it may
        word = str(found.get_duty_display()) if found.is_active else _("may not sign in")
        audit.note("duty", request=request, about=found.email, facts={"duty": word})
    _keep_wards(request, found, data["wards"])
    found.most_per_hour, found.most_per_day = data["most_per_hour"], data["most_per_day"]
    found.save(update_fields=["most_per_hour", "most_per_day"])
    Limit.objects.update_or_create(user=found, defaults={"mailboxes": data["mailboxes"], "stored": form.stored()})
    room.look_again(person=found)
    if any(_initial(found)[name] != before[name] for name in ("mailboxes", "gigabytes", "most_per_hour", "most_per_day")):
        audit.note("limits", request=request, about=found.email)
    messages.success(request, _("Saved"))


def _keep_wards(request: SignedInRequest, found: User, names: list[str]) -> None:
    had = set(Ward.objects.filter(user=found).values_list("domain", flat=True))
    Ward.objects.filter(user=found).exclude(domain__in=names).delete()
    Ward.objects.bulk_create(Ward(user=found, domain=name) for name in names if name not in had)
    for kind, changed in (("ward", set(names) - had), ("ward_taken", had - set(names))):
        for name in sorted(changed):
            audit.note(kind, request=request, about=name, facts={"keeper": found.email})


@duty(*DOERS)
@require_POST
def invite_again(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Also by a keeper, who may make mailboxes for people and so invites them; but not whoever has a duty, because the link
    would be a way to it."""
    found = get_object_or_404(people_for(request.user), pk=user_id)
    if found.duty and request.user.duty != Duty.OPERATOR:
        raise PermissionDenied
    invite(request, found)
    return redirect("panel_person", found.pk)
