"""Tells Django where the people live, and who listens when one of them signs in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.account import signals as gate
        from allauth.mfa import signals as factors
        from django.contrib.auth import signals as auth

        from accounts import audit, checks, devices  # noqa: F401 (the checks register themselves)

        gate.user_logged_in.connect(devices.on_sign_in)
        gate.user_logged_in.connect(audit.on_sign_in)
        auth.user_logged_out.connect(audit.on_sign_out)
        auth.user_login_failed.connect(audit.on_wrong_password)
        for told in (gate.password_changed, gate.password_set, gate.password_reset):
            told.connect(audit.on_password)
        factors.authenticator_added.connect(audit.FACTOR_ADDED)
        factors.authenticator_removed.connect(audit.FACTOR_REMOVED)
        factors.authenticator_reset.connect(audit.FACTOR_RESET)
