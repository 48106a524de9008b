"""Joining conversations and splitting letters off: what belongs together is for the person to say."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Message, Thread
from mailbox.sync import parting
from mailbox.sync.rights import CannotChange
from mailbox.views import filed
from mailbox.views.filed import Pair


@require_POST
@signed_in
def split(request: SignedInRequest, message_id: int) -> HttpResponse:
    """The letter is opened as the conversation that it now is."""
    message = get_object_or_404(Message.objects.of(request.user), pk=message_id)
    try:
        thread, done = parting.split(request.user, message)
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    messages.success(request, gettext("The letter is a conversation of its own now"), extra_tags=done.token)
    url = f"{reverse('thread', args=[thread.pk])}?{request.GET.urlencode()}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def join(request: SignedInRequest, pairs: list[Pair]) -> HttpResponse:
    chosen = Thread.objects.of(request.user).filter(pk__in=[pair.thread for pair in pairs])
    try:
        winner, done = parting.join(request.user, chosen)
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    words = ngettext("%(count)d conversation joined", "%(count)d conversations joined", done.count) % {"count": done.count}
    return filed.gone(request, [pair for pair in pairs if pair.thread != winner.pk], words, done.token)
