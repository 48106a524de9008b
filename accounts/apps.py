"""Tells Django where the people live."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
