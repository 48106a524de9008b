"""What people type at the gate and in their settings."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from allauth.account.adapter import get_adapter
from allauth.mfa import app_settings as mfa
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache as house_cache
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.vault import CannotOpen

if TYPE_CHECKING:
    PersonForm = forms.ModelForm[User]  # generic in the stubs only
else:
    PersonForm = forms.ModelForm


class AddressForm(forms.Form):
    email = forms.EmailField(label=_("Email address"), max_length=254)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ChoosePasswordForm(forms.Form):
    password1 = forms.CharField(label=_("New password"), strip=False, max_length=1000)
    password2 = forms.CharField(label=_("The same again"), strip=False, max_length=1000)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("password1") and typed.get("password2") and typed["password1"] != typed["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return typed


def zones() -> list[str]:
    """Europe/Paris and its like, without the old names kept for programs."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/")))


@cache
def continents() -> dict[str, list[tuple[str, str]]]:
    """Continent -> [("Europe/Paris", "Paris"), ...], ready to show."""
    found: dict[str, list[tuple[str, str]]] = {}
    for zone in zones():
        continent, _slash, city = zone.partition("/")
        found.setdefault(continent, []).append((zone, city.replace("_", " ")))
    return found


class AppearanceForm(PersonForm):
    language = forms.ChoiceField(choices=[("", ""), *settings.LANGUAGES], required=False)
    time_zone = forms.ChoiceField(choices=[("", ""), *((zone, zone) for zone in zones())], required=False)
    undo_seconds = forms.TypedChoiceField(choices=User.Undo.choices, coerce=int, required=False)

    class Meta:
        model = User
        fields = [
            "theme",
            "density",
            "text_size",
            "reading_pane",
            "conversations",
            "keys",
            "language",
            "time_zone",
            "undo_seconds",
        ]


class OncePerCode:
    """A code from an app is good once (RFC 6238 section 5.2), for as long as any clock tolerance would take it."""

    user: User
    authenticator: Any

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form this is mixed into
        except CannotOpen:
            raise forms.ValidationError(_("The second factor cannot be checked with today's keys. Tell the operator.")) from None
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_first_use(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _is_first_use(self, code: str) -> bool:
        seconds = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)
        digits = "".join(filter(str.isdigit, code))
        return bool(house_cache.add(f"code:{self.user.pk}:{digits}", "used", seconds))


class SignInCodeForm(OncePerCode, AuthenticateForm):
    def has_app(self) -> bool:
        return self._has(Authenticator.Type.TOTP)

    def has_passkey(self) -> bool:
        return self._has(Authenticator.Type.WEBAUTHN)

    def is_recovery(self) -> bool:
        """Whether the code came from the field for recovery codes, so that the page answers there."""
        return bool(self.data.get("kind") == "recovery")

    def _has(self, kind: str) -> bool:
        return bool(Authenticator.objects.filter(user=self.user, type=kind).exists())


class ConfirmCodeForm(OncePerCode, ReauthenticateForm):
    pass


class AsABrowserSends:
    """What no browser would send as a passkey's answer is refused like a wrong one."""

    def clean_credential(self) -> Any:
        return self._guarded(super().clean_credential)  # type: ignore[misc]  # of the form this is mixed into

    def clean(self) -> Any:
        return self._guarded(super().clean)  # type: ignore[misc]  # of the form this is mixed into

    def _guarded(self, clean: Callable[[], Any]) -> Any:
        try:
            return clean()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddPasskeyForm(AsABrowserSends, AddWebAuthnForm):
    def clean_credential(self) -> Any:
        return self.cleaned_data["credential"]


class SignInPasskeyForm(AsABrowserSends, LoginWebAuthnForm):
    pass


class PasskeyAfterPasswordForm(AsABrowserSends, AuthenticateWebAuthnForm):
    pass


class ConfirmPasskeyForm(AsABrowserSends, ReauthenticateWebAuthnForm):
    pass
