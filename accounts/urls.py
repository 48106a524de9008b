"""The addresses of the gate and of the person's own settings. Of allauth's pages only those in use are here."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from accounts.views import appearance, gate, security, well_known

to_security = RedirectView.as_view(pattern_name="settings_security")

# /accounts/...
gate_urls = [
    path("login/", account.login, name="account_login"),
    path("logout/", gate.sign_out, name="account_logout"),
    path("again/", gate.signed_in_again, name="signed_in_again"),
    path("signup/", gate.sign_up, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", gate.forgotten, name="account_reset_password"),
    path("password/reset/done/", gate.link_sent, name="account_reset_password_done"),
    path("link/<str:token>/", gate.choose_password, name="choose_password"),
]

# /accounts/2fa/...
second_factor_urls = [
    path("", to_security, name="mfa_index"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", gate.needs_vault(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/", gate.needs_vault(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "recovery-codes/download/", gate.needs_vault(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"
    ),
]

# /accounts/2fa/webauthn/..., where browsers offer passkeys
passkey_urls = [
    path("", to_security, name="mfa_list_webauthn"),
    path("add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

# /settings/...
settings_urls = [
    path("", RedirectView.as_view(pattern_name="settings_appearance"), name="settings"),
    path("appearance/", appearance.appearance, name="settings_appearance"),
    path("security/", security.security, name="settings_security"),
    path("security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("security/sessions/<int:session_id>/end/", security.end_session, name="end_session"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(gate_urls)),
    path("accounts/2fa/", include(second_factor_urls)),
    *([path("accounts/2fa/webauthn/", include(passkey_urls))] if settings.PASSKEYS else []),
    path("settings/", include(settings_urls)),
    path("language/", set_language, name="set_language"),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security_txt, name="security_txt"),
    path(".well-known/change-password", RedirectView.as_view(pattern_name="account_change_password"), name="change_password"),
]
