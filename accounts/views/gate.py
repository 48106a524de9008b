"""The gate: signing out, asking for a link, choosing a password, asking for an account."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, cast

from allauth.account import views as allauth
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import devices, letters, links
from accounts.forms import AddressForm, ChoosePasswordForm
from accounts.http import SignedInRequest, signed_in
from accounts.vault import CannotOpen

View = Callable[..., HttpResponseBase]

STEADY = 0.4  # seconds that asking for a link takes, whether or not the address is known here


def sign_out(request: HttpRequest) -> HttpResponseBase:
    response: HttpResponseBase = allauth.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
@never_cache
def signed_in_again(request: SignedInRequest) -> HttpResponse:
    """Where a sign-in in place ends: the page below hears `signed-in` and takes the fresh token of this answer."""
    response = render(request, "accounts/signed_in_again.html")
    response.headers["HX-Trigger"] = "signed-in"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link to choose a new password. The answer is the same for every address."""
    return _ask_for_link(request, "account/password_reset.html", links.send_reset)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """Ask for an account, where SIGNUP=1: the link that comes by letter proves the address."""
    if not settings.SIGNUP:
        return render(request, "account/signup_closed.html", status=403)
    return _ask_for_link(request, "account/signup.html", links.send_welcome)


def _ask_for_link(request: HttpRequest, template: str, send: links.Send) -> HttpResponseBase:
    form = AddressForm(request.POST or None)
    can_send = letters.ready()
    if request.method == "POST" and can_send and form.is_valid():
        email = form.cleaned_data["email"]
        if refusal := ratelimit.consume_or_429(request, action="reset_password", key=email):
            return cast(HttpResponseBase, refusal)
        with suppress(letters.CannotSend), _steadily():
            send(email)
            return redirect("account_reset_password_done")
        can_send = False
    return render(request, template, {"form": form, "can_send": can_send})


@contextmanager
def _steadily() -> Iterator[None]:
    """Take as long for a stranger's address as for a known one."""
    end = time.monotonic() + STEADY
    try:
        yield
    finally:
        time.sleep(max(0, end - time.monotonic()))


def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_reset_done.html")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a one-time link. Looking at it changes nothing; the link ends when the password is set."""
    if refusal := ratelimit.consume_or_429(request, action="reset_password_from_key"):
        return cast(HttpResponseBase, refusal)
    try:
        user = links.owner(token)
        form = ChoosePasswordForm(user, request.POST or None)
        if not form.is_valid():
            return render(request, "accounts/choose_password.html", {"form": form, "person": user})
        links.use(token, form.cleaned_data["password1"])
    except links.LinkSpent:
        return render(request, "accounts/link_spent.html", status=410)
    messages.success(request, _("Your password is set. Sign in with it."))
    response = redirect("account_login")
    devices.remember(response, user.email)
    return response


def needs_vault(view: View) -> View:
    """Say it plainly where today's keys do not open what the page should show."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except CannotOpen:
            return render(request, "accounts/vault_closed.html", status=503)

    return door


def slow_down(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429, RFC 6585 section 4."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "300"
    return response
