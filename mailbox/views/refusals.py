"""What a mail server would not do with a letter: said on the letter, in plain words, until somebody has read it."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Change, Folder, Message
from mailbox.sync import refusal
from mailbox.sync.rights import CannotChange
from mailbox.views import filed
from mailbox.views.places import label_of

CODE = re.compile(r"\[([A-Z-]+)\] (.*)", re.DOTALL)  # as the push writes it
MOST = 3  # shown on one letter
Kind = Change.Kind


@dataclass(frozen=True, slots=True)
class Refusal:
    """What did not happen, why, and how the server put it."""

    what: str
    why: str
    reply: str


def refusals_of(message: Message) -> list[Refusal]:
    """The newest first."""
    refused = Change.objects.filter(message=message, state=Change.State.REFUSED).order_by("-pk")
    return [_refusal(change) for change in refused[:MOST]]


@require_POST
@signed_in
def understood(request: SignedInRequest, message_id: int) -> HttpResponse:
    """It was read: it need not be said any more."""
    message = get_object_or_404(Message.objects.of(request.user), pk=message_id)
    try:
        refusal.forget(request.user, message)
    except CannotChange as no:
        return filed.refused(request, str(no))
    if request.htmx:
        return HttpResponse()
    return redirect("thread", message.thread_id)


def _refusal(change: Change) -> Refusal:
    code, reply = match.groups() if (match := CODE.match(change.result)) else ("", change.result)
    return Refusal(_what(change), _why(code), reply)


def _what(change: Change) -> str:
    match change.kind:
        case Kind.MOVE:
            target = Folder.objects.filter(pk=change.args.get("folder")).first()
            name = label_of(target) if target else gettext("another folder")
            return gettext("This letter could not be moved to %(folder)s; it is back where it was.") % {"folder": name}
        case Kind.EXPUNGE:
            return gettext("This letter could not be deleted; it is still there.")
        case Kind.APPEND:
            return gettext("The mail server did not take this copy; it is kept here only.")
        case _:
            return gettext("The mark that you set on this letter could not be kept.")


def _why(code: str) -> str:
    match code:
        case "OVERQUOTA":
            return gettext("The mailbox is full on the mail server. Make room there, then do it again.")
        case "NOPERM":
            return gettext("The mail server does not allow it in this folder.")
        case "TRYCREATE" | "NONEXISTENT":
            return gettext("The folder is not there any more.")
        case _:
            return gettext("The mail server said no.")
