"""Tells Django where the people live, and who listens when one of them signs in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from accounts import checks, devices  # noqa: F401 (the checks register themselves)

        user_logged_in.connect(devices.on_sign_in)
