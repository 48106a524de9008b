"""The addresses that a person writes as from one mailbox: another one is proved by a code, and can be taken away again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.http import SignedInRequest, signed_in
from accounts.pace import paced
from mailbox.models import Identity
from mailbox.outbox import identities
from mailbox.views.sharing import owned

CLAIMS = 5  # a minute


@require_POST
@signed_in
@paced("claims", CLAIMS)
def claim(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    mailbox = owned(request, mailbox_id)
    address, name = (" ".join(request.POST.get(field, "")[:254].replace("\0", "").split()) for field in ("address", "name"))
    try:
        identities.claim(request.user, mailbox, address, name)
    except identities.CannotClaim as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("A letter with a code is on its way to %(address)s.") % {"address": address})
    return redirect("mailbox", mailbox_id)


@require_POST
@signed_in
@paced("claims", CLAIMS)
def prove(request: SignedInRequest, mailbox_id: int, claim_id: int) -> HttpResponse:
    made = get_object_or_404(owned(request, mailbox_id).claims.all(), pk=claim_id)
    try:
        identity = identities.prove(made, request.POST.get("code", "")[:40])
    except identities.CannotClaim as problem:
        messages.error(request, str(problem))
        return redirect("mailbox", mailbox_id)
    facts = {"mailbox": made.mailbox.address}
    audit.note("address_added", request=request, about=identity.address, mailbox_id=mailbox_id, facts=facts)
    messages.success(request, _("You can write as %(address)s now.") % {"address": identity.address})
    return redirect("mailbox", mailbox_id)


@require_POST
@signed_in
def remove(request: SignedInRequest, mailbox_id: int, identity_id: int) -> HttpResponse:
    """Any but the mailbox's own address."""
    mailbox = owned(request, mailbox_id)
    others = Identity.objects.filter(mailbox=mailbox).exclude(address__iexact=mailbox.address)
    found = get_object_or_404(others, pk=identity_id)
    found.delete()
    audit.note("address_removed", request=request, about=found.address, mailbox_id=mailbox_id, facts={"mailbox": mailbox.address})
    messages.success(request, _("You no longer write as %(address)s.") % {"address": found.address})
    return redirect("mailbox", mailbox_id)
