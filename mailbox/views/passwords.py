"""A server does not know the saved password any more: the page that asks for the new one, and tries it first."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, signed_in
from mailbox.forms.servers import PasswordForm
from mailbox.models import Mailbox, Probe
from mailbox.sync import connecting, providers
from mailbox.views.condition import rows
from mailbox.views.sharing import owned


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def password(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """The servers stay as they are; nothing is saved before both have let the person in."""
    found, form = owned(request, mailbox_id), PasswordForm(request.POST or None)
    probe = _try(request, found, form) if form.is_valid() else None
    if probe and not request.htmx:
        return redirect("probe", probe.pk)
    context = {
        "mailbox": found,
        "form": form,
        "probe": probe,
        "row": rows(request.user, found)[0],
        "provider": providers.guess(found.address),
    }
    template = "mailbox/_password.html" if request.htmx else "mailbox/mailbox_password.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _try(request: SignedInRequest, found: Mailbox, form: PasswordForm) -> Probe | None:
    servers = found.incoming_endpoint, found.outgoing_endpoint
    try:
        return connecting.try_servers(request.user, found.address, *servers, form.cleaned_data["password"], found)
    except connecting.CannotConnect as problem:
        form.add_error("password", str(problem))
        return None
