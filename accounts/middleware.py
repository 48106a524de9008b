"""What every request and every answer passes: the person's own language and time zone, the end of a session's life,
the operators' second factor, and the headers that keep pages private."""

import time
import zoneinfo
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts import second_factor
from accounts.http import is_part
from accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponseBase]

SIGHTING = 600  # seconds between two notes that a session is in use
PERMISSIONS = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
OPEN_TO_STAFF = ("/accounts/", "/settings/security/", "/language/", "/health/")


def headers(get_response: GetResponse) -> GetResponse:
    """No copy of a signed-in person's page stays behind in any cache, and no page gets more of the machine than it needs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-DNS-Prefetch-Control", "off")
        if hasattr(request, "user") and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def session_limits(get_response: GetResponse) -> GetResponse:
    """A session ends SESSION_COOKIE_AGE after the last visit and SESSION_LIFE after its sign-in."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.setdefault("began", now) > settings.SESSION_LIFE:
                logout(request)
            elif now - request.session.get("seen", 0) > SIGHTING:
                request.session["seen"] = now  # saving it moves its end
                UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
        return get_response(request)

    return middleware


def second_factor_for_staff(get_response: GetResponse) -> GetResponse:
    """An operator without a second factor sees nothing but the pages on which to set one up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.is_staff or request.path.startswith(OPEN_TO_STAFF):
            return get_response(request)
        if second_factor.has_one(user):
            return get_response(request)
        page = reverse("settings_security")
        return HttpResponse(status=403, headers={"HX-Redirect": page}) if is_part(request) else HttpResponseRedirect(page)

    return middleware


def preferences(get_response: GetResponse) -> GetResponse:
    """Always set anew: the thread served somebody else before."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user if isinstance(request.user, User) else None
        timezone.activate(_zone((user and user.time_zone) or request.COOKIES.get("zone", "")))
        if user and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        return get_response(request)

    return middleware


def _zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; the house's own for a name that is none, because a cookie may say anything."""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
