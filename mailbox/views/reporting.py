"""Report and delete: a letter that is not from whom it says leaves the list, and its provider may learn from it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Folder, Message, Placement
from mailbox.sync import reporting
from mailbox.sync.rights import CannotChange
from mailbox.views import filed
from mailbox.views.filed import Pair

STAYS = (Folder.Role.JUNK, Folder.Role.TRASH, Folder.Role.SENT)


@require_POST
@signed_in
def report(request: SignedInRequest, message_id: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.of(request.user), pk=message_id)
    letters = Placement.objects.of(request.user).live().filter(message=message).exclude(folder__role__in=STAYS)
    only = 0 if request.user.conversations else message.pk
    pairs = [Pair(message.thread_id, folder, only) for folder in letters.values_list("folder", flat=True)]
    if not pairs:
        return filed.refused(request, gettext("This letter is in Spam or Trash already."))
    try:
        done = reporting.report(request.user, letters)
    except CannotChange as refusal:
        return filed.refused(request, str(refusal))
    return filed.gone(request, pairs, gettext("Reported as phishing and moved to Spam"), done.token)
