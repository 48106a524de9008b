"""One mailbox of the house as operators see it, and what they may do with it. Nothing here shows a letter or a secret."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.http import SignedInRequest
from mailbox.bell import ring
from mailbox.forms.panel import HeirForm, MoveForm
from mailbox.housekeeping import homes
from mailbox.models import Access, Mailbox
from mailbox.models.house import mailboxes_for
from mailbox.models.limits import of_person
from mailbox.sync import connecting
from mailbox.templatetags.look import shown
from mailbox.views import condition
from mailbox.views.panel import told
from mailbox.views.panel.gate import ALL, DOERS, duty, show

EVENTS = 10


@duty(*ALL)
@require_safe
def box(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    return page(request, found(request, mailbox_id))


def found(request: SignedInRequest, mailbox_id: int) -> Mailbox:
    """A mailbox that this person looks after; any other is not there."""
    return get_object_or_404(mailboxes_for(request.user).defer("secret"), pk=mailbox_id)


def page(
    request: SignedInRequest, mailbox: Mailbox, move: MoveForm | None = None, heir: HeirForm | None = None, status: int = 200
) -> HttpResponse:
    people = list(Access.objects.filter(mailbox=mailbox).select_related("user").order_by("pk"))
    owner = next((one.user for one in people if one.role == Access.Role.OWNER), None)
    row = condition.rows(request.user, mailbox)[0]
    events = told.events_for(request.user).filter(mailbox_id=mailbox.pk)
    context = {
        "here": "mailboxes",
        "mailbox": mailbox,
        "row": row,
        "facts": list(condition.facts(row.health)),
        "people": people,
        "owner": owner,
        "usage": of_person(owner) if owner else None,
        "form": move or MoveForm(mailbox),
        "heir_form": heir or HeirForm(),
        "grace": homes.GRACE.days,
        "lines": told.lines(events[:EVENTS]),
    }
    return show(request, "mailbox", context, status)


@duty(*DOERS)
@require_POST
def pause(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    return _done(request, mailbox_id, connecting.pause, "mailbox_paused", _("It is paused: its server is left alone."))


@duty(*DOERS)
@require_POST
def resume(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    return _done(request, mailbox_id, connecting.resume, "mailbox_resumed", _("It goes on."))


@duty(*DOERS)
@require_POST
def look(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """Mirror now."""
    return _done(request, mailbox_id, _ring, "mailbox_looked_at", _("A worker looks at it now."))


def _ring(mailbox: Mailbox) -> None:
    ring("mirror.bring_up", mailbox.pk)


@duty(*DOERS)
@require_POST
def leave(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    mailbox = found(request, mailbox_id)
    homes.leave(mailbox)
    mailbox.refresh_from_db(fields=["leaving_at"])
    day = shown(mailbox.leaving_at, "Y-m-d") if mailbox.leaving_at else ""
    return _noted(request, mailbox, "mailbox_leaving", _("It will be removed. Until then it can be kept."), day=day)


@duty(*DOERS)
@require_POST
def stay(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    return _done(request, mailbox_id, homes.stay, "mailbox_kept", _("It stays, and goes on."))


@duty(*DOERS)
@require_POST
def take(request: SignedInRequest, mailbox_id: int, access_id: int) -> HttpResponse:
    """Take a role away; the owner's stays. Giving one is for the owner: it lets somebody read."""
    mailbox = found(request, mailbox_id)
    access = get_object_or_404(Access.objects.exclude(role=Access.Role.OWNER), pk=access_id, mailbox=mailbox)
    access.delete()
    return _noted(request, mailbox, "role_taken", _("Taken away."), person=access.user.email)


@duty(*DOERS)
@require_http_methods(["POST"])
def move(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """Other servers. The password is forgotten with the old ones."""
    mailbox = found(request, mailbox_id)
    form = MoveForm(mailbox, request.POST)
    if not form.is_valid():
        return page(request, mailbox, move=form, status=422)
    try:
        homes.change_servers(mailbox, form.endpoint("incoming"), form.endpoint("outgoing"))
    except homes.CannotDo as problem:
        form.add_error(None, str(problem))
        return page(request, mailbox, move=form, status=422)
    return _noted(request, mailbox, "servers_changed", _("Changed. Its owner is asked for the password."))


@duty(*DOERS)
@require_http_methods(["POST"])
def heir(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """Name the next owner."""
    mailbox, form = found(request, mailbox_id), HeirForm(request.POST)
    if not form.is_valid():
        return page(request, mailbox, heir=form, status=422)
    person = form.cleaned_data["person"]
    try:
        homes.bequeath(mailbox, person, request.user)
    except homes.CannotDo as problem:
        form.add_error("person", str(problem))
        return page(request, mailbox, heir=form, status=422)
    sentence = _("It becomes theirs when they add it with its password.")
    return _noted(request, mailbox, "heir", sentence, person=person.email)


def _done(request: SignedInRequest, mailbox_id: int, deed: Callable[[Mailbox], None], kind: str, sentence: str) -> HttpResponse:
    mailbox = found(request, mailbox_id)
    deed(mailbox)
    return _noted(request, mailbox, kind, sentence)


def _noted(request: SignedInRequest, mailbox: Mailbox, kind: str, sentence: str, **facts: str) -> HttpResponse:
    audit.note(kind, request=request, about=mailbox.address, mailbox_id=mailbox.pk, facts=facts)
    messages.success(request, sentence)
    return redirect("panel_mailbox", mailbox.pk)
