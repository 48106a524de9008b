"""LETTER_HOST: the HTML of letters comes from a host of its own, where no cookie of ours ever goes. There the address of
a letter carries a key, good for one person, one letter and one day; everything else is not found."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotFound

from accounts.http import SignedInRequest, signed_in
from accounts.models import User
from mailbox.templatetags.letters import bearer_of

Rest = ParamSpec("Rest")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
LETTERS = re.compile(r"/l/\d+/(?:body|part/[\d.]+|picture/\d+)\Z")


def signed_in_or_key(
    view: Callable[Concatenate[SignedInRequest, Rest], Any],
) -> Callable[Concatenate[HttpRequest, Rest], Any]:
    """Let signed-in people through; on the other host, who has the key of the letter `message_id`."""
    at_home = signed_in(view)

    @wraps(view)
    def door(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Any:
        if is_elsewhere(request):
            request.user = _bearer(request.GET.get("key", ""), cast(int, kwargs["message_id"]))
            return view(cast(SignedInRequest, request), *args, **kwargs)
        return at_home(request, *args, **kwargs)

    return door


def is_elsewhere(request: HttpRequest) -> bool:
    return bool(settings.LETTER_HOST) and request.get_host() == settings.LETTER_HOST


def _bearer(key: str, message_id: int) -> User:
    try:
        return User.objects.get(pk=bearer_of(key, message_id), is_active=True)
    except (signing.BadSignature, User.DoesNotExist):
        raise Http404 from None


def only_letters(get_response: GetResponse) -> GetResponse:
    """Middleware: on the other host there is nothing but letters, no sign-in and no session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_elsewhere(request) and not LETTERS.match(request.path):
            return HttpResponseNotFound("There is nothing here.", content_type="text/plain")
        return get_response(request)

    return middleware
