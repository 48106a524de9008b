"""The address book: whom a person has written to or put in by hand, to be found, changed, taken away, carried elsewhere."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.forms.contacts import ContactForm
from mailbox.mime import cards
from mailbox.mime.letter import Address
from mailbox.models import Contact
from mailbox.outbox import people
from mailbox.views.panel.paging import page_of

PAGE = 100
LARGEST = 5 << 20  # octets of a file that is taken in


@require_safe
@never_cache
@signed_in
def contacts(request: SignedInRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    page = page_of(people.book(request.user, words), request.GET.get("page", ""), PAGE)
    return render(request, "mailbox/contacts.html", {"page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def add(request: SignedInRequest) -> HttpResponse:
    """Somebody new; who is in the address (?name= ?address=) is written there already."""
    known = {field: request.GET.get(field, "") for field in ContactForm.Meta.fields}
    return _edit(request, initial=known)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.of(request.user), pk=contact_id)
    return _edit(request, instance=found)


@require_POST
@signed_in
def remove(request: SignedInRequest, contact_id: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.of(request.user), pk=contact_id)
    found.delete()
    messages.success(request, gettext("%(who)s is no longer among your contacts") % {"who": found})
    return redirect("contacts")


@require_POST
@signed_in
def take_in(request: SignedInRequest) -> HttpResponse:
    """A file of another address book. Who is here already stays as they are."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, gettext("Choose a file first."))
    elif (file.size or 0) > LARGEST:
        messages.error(request, gettext("This file is too large for an address book (5 MB at most)."))
    elif not (found := list(cards.read_people(file.read()))):
        messages.error(request, gettext("Nobody with an address is in this file. vCard and CSV can be read."))
    else:
        new, left = people.take_in(request.user, found)
        messages.success(request, ngettext("%(count)s new contact", "%(count)s new contacts", new) % {"count": f"{new:,}"})
        if left:
            messages.error(request, gettext("There was no room for %(count)s more.") % {"count": f"{left:,}"})
    return redirect("contacts")


@require_safe
@never_cache
@signed_in
def download(request: SignedInRequest) -> StreamingHttpResponse:
    rows = Contact.objects.of(request.user).order_by("pk").values_list("name", "address").iterator(chunk_size=1000)
    answer = StreamingHttpResponse(cards.written(Address(*row) for row in rows), content_type="text/vcard; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="contacts.vcf"'
    return answer


def _edit(request: SignedInRequest, **about: Any) -> HttpResponse:
    form = ContactForm(request.user, request.POST if request.method == "POST" else None, **about)
    if form.is_valid():
        with suppress(IntegrityError), transaction.atomic():  # Save was pressed twice
            form.save()
        messages.success(request, gettext("%(who)s is among your contacts") % {"who": form.instance})
        return redirect("contacts")
    return render(request, "mailbox/contact.html", {"form": form}, status=422 if form.is_bound else 200)
