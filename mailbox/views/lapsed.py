"""A session, or the token of a form, that ended while a letter was written in a browser without script: every word of it
comes back, to be sent once the person has signed in again. With script the page does the same in place."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.csrf import csrf_failure

from accounts.http import SignedInRequest, is_part
from accounts.models import User
from mailbox.forms.compose import LetterForm
from mailbox.views import sheet

SHEETS = {"draft_save", "draft_send"}
TEXTS = ("person", "tab", "kind", "about", "revision", "identity", "to", "cc", "bcc", "subject")


def held(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outside of `signed_in`: hand a posted sheet back to somebody who is signed out, instead of the sign-in page."""

    @wraps(view)
    def door(request: HttpRequest, key: UUID) -> HttpResponse:
        if request.user.is_authenticated or is_part(request) or "text" not in request.POST:
            return view(request, key)
        fields = [(name, request.POST.get(name, "")) for name in TEXTS]
        return render(request, "mailbox/sheet_held.html", {"fields": fields, "text": request.POST["text"]}, status=401)

    return door


def wrong_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW. Signing in made a new token, so a sheet from before has an old one: it is shown again, and goes
    only when the person presses Send themselves."""
    match = request.resolver_match
    if match is None or match.url_name not in SHEETS or not isinstance(request.user, User) or is_part(request):
        return csrf_failure(request, reason)
    return _shown_again(request, match.kwargs["key"])


@sheet.own_sheet
def _shown_again(request: SignedInRequest, key: UUID) -> HttpResponse:
    form = LetterForm(request.user, request.POST)
    form.is_valid()
    sentence = gettext("You have signed in since this page was opened. Read the letter once more, then press Send.")
    return sheet.show_form(request, key, form, sheet.Trouble(sentence), status=403)
