"""Where allauth asks this house: what it says to people, what it sends them, and how it slows down a guesser."""

import logging
import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import devices, letters, second_factor
from accounts.models import User

LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")
logger = logging.getLogger(__name__)


class PeopleAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. The operator can switch it on."),
        "email_password_mismatch": _("That password does not match this address."),
        "enter_current_password": _("That is not your password."),
        "incorrect_code": _("That code is not right, or it was used already. Wait for the next one."),
        "incorrect_password": _("That is not your password."),
        "too_many_login_attempts": _("Too many wrong tries. Wait 5 minutes, then try again."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP)

    def is_safe_url(self, url: str) -> bool:
        """Where `next` may lead: a path of this site and nothing that a browser could read as more."""
        return bool(LOCAL_PATH.fullmatch(url or ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A notice ("your password was changed"). It must not undo what it tells of, so a failure is only logged."""
        try:
            letters.send(email, template_prefix, context)
        except letters.CannotSend as error:
            logger.warning("A notice was not sent: %s", error)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings_security")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Whose wrong tries are counted together: all strangers to an address share one count, and each browser that
        has signed in to it before has its own, so that nobody can lock the owner out."""
        return devices.bucket(request, str(credentials.get("email", "")).lower())


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Operators must keep a second factor. Add another one first."),
        "cannot_generate_recovery_codes": _("Set up codes from an app or a passkey first."),
        "incorrect_code": _("That code is not right, or it was used already. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        return second_factor.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.open_text(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        user: User = authenticator.user
        return not user.is_staff or second_factor.others(authenticator)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002 (allauth's name)
        number = second_factor.count_of(user, type) + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The relying party is the host of SITE_URL, whatever name the request came by (WebAuthn section 5.1.2)."""
        return {"id": settings.SITE_HOST, "name": settings.SITE_NAME}
