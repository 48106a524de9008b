"""Yes, perhaps, no: an invitation is answered from its card."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Message
from mailbox.outbox import invited
from mailbox.outbox.freezing import CannotPost


@require_POST
@signed_in
def answer(request: SignedInRequest, message_id: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.of(request.user).select_related("raw", "mailbox"), pk=message_id)
    trouble = ""
    try:
        invited.answer(request.user, message, request.POST.get("answer", ""))
    except CannotPost as refusal:
        trouble = str(refusal)
    if not request.htmx:
        say = messages.error if trouble else messages.success
        say(request, trouble or gettext("Your answer is on its way to the organiser"))
        return redirect("thread", message.thread_id)
    context = {"message": message, "can": True, "said": invited.answered(message), "trouble": trouble}
    return render(request, "mailbox/_rsvp.html", context)
