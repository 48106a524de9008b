"""What a person may ask a worker to do outside for a letter: fetch its pictures, leave its mailing list."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from accounts.pace import paced
from mailbox.models import Message, RemotePicture, Welcome
from mailbox.sync import leaving, pictures
from mailbox.views.elsewhere import signed_in_or_key
from mailbox.views.inbox import of_the_moment
from mailbox.views.letters import Body, body_of
from mailbox.views.parts import NOTHING, sealed
from mailbox.views.shell import side_of

ASKED = 60  # a minute


@require_POST
@signed_in
@paced("pictures", ASKED)
def ask(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Show the pictures of this letter; with always=1 of every letter that is really from its sender, with always=0 no more."""
    message = get_object_or_404(Message.objects.of(request.user).select_related("raw", "mailbox"), pk=message_id)
    body = body_of(message, side_of(request).mine)
    welcome = Welcome.objects.filter(user=request.user, address=message.from_address.lower())
    if request.POST.get("always") == "0":
        welcome.delete()
    else:
        if request.POST.get("always") == "1" and body.trust.verdict == "pass":
            Welcome.objects.get_or_create(user=request.user, address=message.from_address.lower())
        pictures.want(message)
    return _again(request, message, body)


@require_POST
@signed_in
def unsubscribe(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Leave the mailing list that this letter came from, where one click is enough."""
    message = get_object_or_404(Message.objects.of(request.user).select_related("raw", "mailbox"), pk=message_id)
    if not leaving.one_click(message):
        raise Http404
    leaving.leave(message)
    return _again(request, message, body_of(message, side_of(request).mine))


def _again(request: SignedInRequest, message: Message, body: Body) -> HttpResponse:
    """The letter as it looks now."""
    if not request.htmx:
        return redirect(f"{reverse('thread', args=[message.thread_id])}?open={message.pk}#l{message.pk}")
    return of_the_moment(render(request, "mailbox/_letter_body.html", {"message": message, "body": body}))


@require_safe
@signed_in_or_key
def picture(request: SignedInRequest, message_id: int, number: int) -> HttpResponse:
    """Our copy of one, for the letter's own frame."""
    here = RemotePicture.objects.of(request.user).filter(state=RemotePicture.State.HERE)
    found = here.filter(message=message_id, number=number).first()
    if found is None:
        raise Http404
    return sealed(HttpResponse(bytes(found.data), content_type=found.content_type), NOTHING)
