"""Tells Django where the mail lives; named in full in settings because the standard library has a mailbox too."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "mailbox"
    verbose_name = "Mail"
