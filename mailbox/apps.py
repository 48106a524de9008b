"""Tells Django where the mail lives, named in full in settings because the standard library has a mailbox too, and that
somebody's signing in is of interest here."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "mailbox"
    verbose_name = "Mail"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from mailbox.sync import presence

        user_logged_in.connect(presence.on_sign_in)
