"""The person's mailboxes: how each is doing, adding one, changing its servers, and taking it away."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import audit
from accounts.http import SignedInRequest, signed_in
from accounts.vault import CannotOpen
from mailbox.forms.servers import AddForm, ChangeForm, DepthForm, IdentityForm, ServersForm, StayForm, parts_of
from mailbox.models import Access, Identity, Mailbox, Probe, Recipient
from mailbox.sync import connecting, health
from mailbox.views import preflight, sharing
from mailbox.views.condition import facts, rows
from mailbox.views.sharing import owned


@require_GET
@never_cache
@signed_in
def mailboxes(request: SignedInRequest) -> HttpResponse:
    """Every mailbox of the person, and how it is doing in plain words."""
    template = "mailbox/_mailboxes.html" if request.htmx else "mailbox/mailboxes.html"
    return render(request, template, {"rows": rows(request.user), "given": sharing.handed_over(request.user)})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def add(request: SignedInRequest) -> HttpResponse:
    """Address and password first; servers that are not known are asked for; then both are tried."""
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _try(request, form, form.cleaned_data["address"], form.cleaned_data["password"])
    return _show_form(request, form, status=422 if form.is_bound else 200)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def mailbox(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """One mailbox: its health, its servers, the names it writes under."""
    found = get_object_or_404(Mailbox.objects.of(request.user), pk=mailbox_id)
    if request.method != "POST":
        return _show_mailbox(request, found, ChangeForm(found))
    form = ChangeForm(owned(request, mailbox_id), request.POST)
    if not form.is_valid():
        return _show_form(request, form, found, status=422)
    try:
        password = form.cleaned_data["password"] or found.credentials(found.incoming_endpoint).password
    except CannotOpen as locked:
        form.add_error("password", str(locked))
        return _show_form(request, form, found, status=422)
    return _try(request, form, found.address, password, found)


def _try(request: SignedInRequest, form: ServersForm, address: str, password: str, found: Mailbox | None = None) -> HttpResponse:
    try:
        probe = connecting.try_servers(
            request.user, address, form.endpoint("incoming"), form.endpoint("outgoing"), password, found
        )
    except connecting.CannotConnect as problem:
        form.add_error(None, str(problem))
        return _show_form(request, form, found, status=429)
    if not request.htmx:
        return redirect("probe", probe.pk)
    return _show_form(request, form, found, probe)


@require_GET
@never_cache
@signed_in
def probe(request: SignedInRequest, probe_id: int) -> HttpResponse:
    """How the test of the servers goes: the small print for a page that listens, else the form again with the answer."""
    found = get_object_or_404(Probe.objects.of(request.user), pk=probe_id)
    if request.htmx:
        return render(request, "mailbox/_probe.html", {"probe": found})
    form = ChangeForm(found.mailbox) if found.mailbox else AddForm(initial={"address": found.address})
    form.initial = {**form.initial, **parts_of(found.incoming, found.outgoing)}
    return _show_form(request, form, found.mailbox, found)


@require_POST
@signed_in
def keep(request: SignedInRequest, probe_id: int) -> HttpResponse:
    """The servers are good: keep the mailbox, and its first import begins."""
    tried = get_object_or_404(Probe.objects.of(request.user), pk=probe_id)
    before = owned(request, tried.mailbox_id) if tried.mailbox_id else None
    try:
        with transaction.atomic():
            kept = connecting.keep(tried)
            preflight.begin(kept)
            audit.note("servers_changed_by_owner" if before else "mailbox_made", request=request, **about(kept))
    except (connecting.CannotConnect, CannotOpen) as problem:
        messages.error(request, str(problem))
        return _go_on(request, reverse("mailbox", args=[before.pk]) if before else reverse("mailbox_add"))
    if before:
        is_same = (before.incoming, before.outgoing) == (tried.incoming, tried.outgoing)
        messages.success(request, gettext("The password is changed.") if is_same else gettext("The servers are changed."))
        return _go_on(request, reverse("mailbox", args=[before.pk]))
    messages.success(request, gettext("%(address)s is added. Its newest letters come first.") % {"address": kept.address})
    return _go_on(request, reverse("inbox"))


def about(mailbox: Mailbox) -> dict[str, Any]:
    """Whom an audit event of it concerns."""
    return {"about": mailbox.address, "mailbox_id": mailbox.pk}


def _go_on(request: SignedInRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_POST
@signed_in
def pause(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    found = owned(request, mailbox_id)
    connecting.pause(found)
    audit.note("mailbox_paused", request=request, **about(found))
    return redirect("mailbox", mailbox_id)


@require_POST
@signed_in
def resume(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    found = owned(request, mailbox_id)
    connecting.resume(found)
    audit.note("mailbox_resumed", request=request, **about(found))
    return redirect("mailbox", mailbox_id)


@require_POST
@signed_in
def stay(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """How long letters stay in a maildrop. What the form does not offer changes nothing."""
    found = owned(request, mailbox_id)
    form = StayForm(found, request.POST)
    if form.is_valid() and found.is_collected:
        connecting.leave(found, form.cleaned_data["keep_days"])
        messages.success(request, gettext("Saved"))
    return redirect("mailbox", mailbox_id)


@require_POST
@signed_in
def depth(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """Of which letters every byte is kept here. What the form does not offer changes nothing."""
    found = owned(request, mailbox_id)
    form = DepthForm(found, request.POST)
    if form.is_valid() and not found.is_collected:
        connecting.deepen(found, form.cleaned_data["months"])
        messages.success(request, gettext("Saved"))
    return redirect("mailbox", mailbox_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def remove(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """What would be lost, and the button that does it: this cannot be undone."""
    found = owned(request, mailbox_id)
    if request.method == "POST":
        audit.note("mailbox_removed", request=request, **about(found))
        connecting.remove(found)
        messages.success(request, gettext("%(address)s is removed. Nothing changed on its server.") % {"address": found.address})
        return redirect("mailboxes")
    waiting = Recipient.objects.filter(outgoing__mailbox=found).exclude(state__in=Recipient.FINAL).count()
    return render(request, "mailbox/mailbox_remove.html", {"mailbox": found, "waiting": waiting})


@require_POST
@signed_in
def identity(request: SignedInRequest, mailbox_id: int, identity_id: int) -> HttpResponse:
    """The name and the signature of one address."""
    found = get_object_or_404(Identity, pk=identity_id, mailbox=owned(request, mailbox_id))
    form = IdentityForm(found, request.POST)
    if not form.is_valid():
        return _show_mailbox(request, found.mailbox, ChangeForm(found.mailbox), wrong=form, status=422)
    form.save()
    messages.success(request, gettext("Saved"))
    return redirect("mailbox", mailbox_id)


def _show_form(
    request: SignedInRequest, form: ServersForm, found: Mailbox | None = None, tried: Probe | None = None, status: int = 200
) -> HttpResponse:
    if found and not request.htmx:
        return _show_mailbox(request, found, form, tried=tried, status=status)
    template = "mailbox/_servers.html" if request.htmx else "mailbox/mailbox_add.html"
    return render(request, template, {"form": form, "mailbox": found, "probe": tried}, status=status)


def _show_mailbox(
    request: SignedInRequest,
    found: Mailbox,
    form: ServersForm,
    *,
    tried: Probe | None = None,
    wrong: IdentityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    owner = Access.objects.filter(user=request.user, mailbox=found, role=Access.Role.OWNER).exists()
    names = [wrong if wrong and wrong.identity == one else IdentityForm(one) for one in found.identities.order_by("pk")]
    context = {
        "mailbox": found,
        "row": (row := rows(request.user, found)[0]),
        "facts": list(facts(row.health)),
        "folders": health.folders_of(found),
        "form": form,
        "probe": tried,
        "owner": owner,
        **sharing.context(request, found, owner),
        "stay": StayForm(found),
        "depth": DepthForm(found),
        "names": names,
    }
    return render(request, "mailbox/mailbox.html", context | preflight.context(found), status=status)
