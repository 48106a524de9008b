"""A new mailbox for somebody: the operator names the servers, its owner brings the password."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit, letters, links
from accounts.http import SignedInRequest
from accounts.models import User
from mailbox.forms.panel import MakeForm
from mailbox.housekeeping import homes
from mailbox.models.house import wards_of
from mailbox.views.panel.gate import DOERS, duty, show


@duty(*DOERS)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: SignedInRequest) -> HttpResponse:
    form = MakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form)
        except homes.CannotDo as problem:
            form.add_error(None, str(problem))
    return show(request, "make", {"here": "mailboxes", "form": form}, 422 if form.errors else 200)


@transaction.atomic
def _made(request: SignedInRequest, form: MakeForm) -> HttpResponse:
    address, email = form.cleaned_data["address"], form.cleaned_data["owner"]
    wards = wards_of(request.user)
    if wards is not None and address.rpartition("@")[2].lower() not in wards:
        raise homes.CannotDo(_("You keep another domain. Ask an operator to make this mailbox."))
    owner = User.objects.filter(email__iexact=email).first()
    person = owner or User.objects.create_user(email, name=form.cleaned_data["name"])
    made = homes.make(address, person, form.endpoint("incoming"), form.endpoint("outgoing"))
    audit.note("mailbox_made", request=request, about=made.address, mailbox_id=made.pk)
    messages.success(request, _("%(address)s is made. Its owner is asked for the password.") % {"address": made.address})
    if owner is None:
        invite(request, person)
    return redirect("panel_mailbox", made.pk)


def invite(request: SignedInRequest, person: User) -> None:
    """By letter where the house can write one. A link is shown only of somebody who never had a password: with that of
    anybody else an operator could read their mail."""
    if letters.ready():
        links.invite(person)
        messages.info(request, _("A letter with a one-time link is on its way to %(address)s.") % {"address": person})
    elif not person.has_usable_password() and not person.access.exclude(mailbox__last_good_pass=None).exists():
        link = {"address": person, "link": links.make_link(person)}
        messages.info(request, _("Give this link to %(address)s; it works once, for 7 days: %(link)s") % link)
    else:
        audit.note("invited", request=request, about=person.email, good=False)
        messages.warning(request, _("This house cannot write letters: set SYSTEM_MAILBOX, or use manage.py invite."))
        return
    audit.note("invited", request=request, about=person.email)
