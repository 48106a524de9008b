"""A letter whose text came out wrong is shown in another charset."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Message
from mailbox.sync import rereading
from mailbox.sync.rights import CannotChange
from mailbox.views import filed


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def read_as(request: SignedInRequest, message_id: int) -> HttpResponse:
    """What there is to choose, in the letter's menu or as a page; or the choice."""
    message = get_object_or_404(Message.objects.of(request.user).select_related("raw").exclude(raw=None), pk=message_id)
    if request.method != "POST":
        charsets = {"": gettext("As the letter says")} | {label: gettext(name) for label, name in rereading.CHARSETS.items()}
        template = "mailbox/_charsets.html" if request.htmx else "mailbox/charsets.html"
        return render(request, template, {"message": message, "charsets": charsets})
    try:
        rereading.read_as(request.user, message, request.POST.get("charset", ""))
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    query = request.GET.copy()
    query["open"] = str(message.pk)
    return redirect(f"{reverse('thread', args=[message.thread_id])}?{query.urlencode()}")
