"""Adding a mailbox: what is known of its provider while the address is being typed. Nothing is looked up anywhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import signed_in
from mailbox.sync import providers
from mailbox.wire import Endpoint


@require_GET
@signed_in
def proposal(request: HttpRequest) -> HttpResponse:
    """The servers of that address and what to do first; nothing for a provider that is not in the table."""
    found = providers.guess(request.GET.get("address", "")[:254])
    servers = [Endpoint.parse(url).host for url in (found.incoming, found.outgoing)] if found else []
    return render(request, "mailbox/_proposal.html", {"provider": found, "servers": servers})
