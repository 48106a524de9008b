"""How a person comes in, where they are signed in, and the way to end that."""

from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.http import SignedInRequest, signed_in


@signed_in
@never_cache
@require_safe
def security(request: SignedInRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    first = {row.type: row for row in reversed(factors)}
    codes = first.get(Authenticator.Type.RECOVERY_CODES)
    page = {
        "passkeys_offered": settings.PASSKEYS,
        "passkeys": [row for row in factors if row.type == Authenticator.Type.WEBAUTHN],
        "app": first.get(Authenticator.Type.TOTP),
        "codes": codes,
        "codes_left": _codes_left(codes.data) if codes else 0,
        "codes_made": mfa.RECOVERY_CODE_COUNT,
        "must_set_up": request.user.is_staff and not set(first) - {Authenticator.Type.RECOVERY_CODES},
        "sessions": sessions.sessions_of(request.user, request.session.session_key),
    }
    return render(request, "accounts/security.html", page)


def _codes_left(data: dict[str, int]) -> int:
    """Counted without opening the seed: used ones are bits of a mask."""
    return int(mfa.RECOVERY_CODE_COUNT) - data["used_mask"].bit_count()


@signed_in
@require_POST
def end_session(request: SignedInRequest, session_id: int) -> HttpResponse:
    if not sessions.end(request.user, session_id=session_id, keep=request.session.session_key):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("settings_security")


@signed_in
@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    sessions.end(request.user, keep=request.session.session_key)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("settings_security")
