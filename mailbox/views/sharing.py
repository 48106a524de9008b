"""Who else may use a mailbox: its owner invites people, changes their roles and takes them away; anybody may leave."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.http import SignedInRequest, signed_in
from accounts.models import AuditEvent, User
from mailbox import live
from mailbox.models import Access, Mailbox
from mailbox.views.panel import told

EVENTS = 10
TOLD_FOR = timedelta(days=30)
GIVEN = [(role.value, role.label) for role in (Access.Role.READ, Access.Role.SEND, Access.Role.FULL)]


def context(request: SignedInRequest, mailbox: Mailbox, owner: bool) -> dict[str, Any]:
    """What the mailbox's page shows of it; the owner alone sees with whom it is shared and what was done."""
    if not owner:
        return {"mine": Access.objects.filter(mailbox=mailbox, user=request.user).first()}
    people = Access.objects.filter(mailbox=mailbox).exclude(user=request.user).select_related("user").order_by("pk")
    events = AuditEvent.objects.filter(mailbox_id=mailbox.pk).order_by("-id")[:EVENTS]
    return {"people": people, "roles": GIVEN, "lines": told.lines(events)}


def handed_over(user: User) -> list[told.Line]:
    """The mailboxes that were this person's a month ago and are somebody else's now."""
    lately = AuditEvent.objects.filter(kind="handed_over", at__gte=timezone.now() - TOLD_FOR)
    return told.lines(lately.filter(facts__former__contains=[user.email]).order_by("-id")[:EVENTS])


@require_POST
@signed_in
def share(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    """Give somebody of this house a role, or another one."""
    mailbox, role = owned(request, mailbox_id), request.POST.get("role", "")
    email = request.POST.get("person", "")[:254].replace("\0", "").strip()
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if role not in dict(GIVEN):
        messages.error(request, _("Choose what they may do."))
    elif person is None:
        messages.error(request, _("Nobody of this house signs in with that address. Ask an operator to invite them."))
    elif person == request.user:
        messages.error(request, _("It is yours already."))
    else:
        _give(request, mailbox, person, role)
    return redirect("mailbox", mailbox.pk)


def _give(request: SignedInRequest, mailbox: Mailbox, person: User, role: str) -> None:
    access, _made = Access.objects.exclude(role=Access.Role.OWNER).update_or_create(
        mailbox=mailbox, user=person, defaults={"role": role}
    )
    facts = {"person": person.email, "role": str(access.get_role_display())}
    audit.note("role", request=request, about=mailbox.address, mailbox_id=mailbox.pk, facts=facts)
    live.tell([person.pk], "mailbox", mailbox.pk)
    messages.success(request, _("%(person)s may use it now.") % {"person": person.email})


@require_POST
@signed_in
def unshare(request: SignedInRequest, mailbox_id: int, access_id: int) -> HttpResponse:
    """Its owner takes a role away, or the person who has it leaves."""
    rows = Access.objects.filter(mailbox__in=Mailbox.objects.of(request.user)).select_related("mailbox", "user")
    access = get_object_or_404(rows, pk=access_id, mailbox=mailbox_id)
    is_owner = Access.objects.filter(mailbox=mailbox_id, user=request.user, role=Access.Role.OWNER).exists()
    if access.role == Access.Role.OWNER or not (is_owner or access.user == request.user):
        raise PermissionDenied
    access.delete()
    facts = {"person": access.user.email}
    audit.note("role_taken", request=request, about=access.mailbox.address, mailbox_id=mailbox_id, facts=facts)
    live.tell([access.user_id], "mailbox", mailbox_id)
    messages.success(request, _("%(person)s may no longer use it.") % {"person": access.user.email})
    return redirect("mailbox", mailbox_id) if is_owner else redirect("mailboxes")


def owned(request: SignedInRequest, mailbox_id: int) -> Mailbox:
    """The Mailbox if this person owns it; one that is shared with them says 403, and that of a stranger 404."""
    access = get_object_or_404(Access.objects.select_related("mailbox"), user=request.user, mailbox=mailbox_id)
    if access.role != Access.Role.OWNER:
        raise PermissionDenied
    return access.mailbox
