"""The door of every page: who is asking, and what somebody who is signed out hears."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django_htmx.middleware import HtmxDetails

from accounts.models import User

Rest = ParamSpec("Rest")


class SignedInRequest(HttpRequest):
    """A request whose person is known, as every view behind `signed_in` gets it."""

    user: User
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[SignedInRequest, Rest], Any],
) -> Callable[Concatenate[HttpRequest, Rest], Any]:
    """Let signed-in people through. Others: a page goes to the sign-in page and comes back afterwards; a fragment,
    a stream or a frame gets 401 with the header `HX-Trigger: signed-out`, so that the page can sign in in place."""
    if iscoroutinefunction(view):
        return _signed_in_async(cast(Callable[..., Awaitable[HttpResponseBase]], view))

    @wraps(view)
    def door(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Any:
        if isinstance(request.user, AnonymousUser):
            return turned_away(request)
        return view(cast(SignedInRequest, request), *args, **kwargs)

    return door


def _signed_in_async(view: Callable[..., Awaitable[HttpResponseBase]]) -> Callable[..., Any]:
    @wraps(view)
    async def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = await request.auser()
        if isinstance(person, AnonymousUser):
            return turned_away(request)
        request.user = person
        return await view(request, *args, **kwargs)

    return door


def turned_away(request: HttpRequest) -> HttpResponse:
    """What somebody who is signed out gets instead of the page."""
    if not is_part(request):
        return redirect_to_login(request.get_full_path())
    body = render_to_string("accounts/_signed_out.html", request=request)
    return HttpResponse(body, status=401, headers={"HX-Trigger": "signed-out", "Cache-Control": "no-store"})


def is_part(request: HttpRequest) -> bool:
    """Whether a page already shown asks for a part of itself (Fetch Metadata; htmx and streams say it themselves)."""
    if "HX-Request" in request.headers or "text/event-stream" in request.headers.get("Accept", ""):
        return True
    return request.headers.get("Sec-Fetch-Dest", "document") != "document"
