"""Seal every stored secret with the newest key, so that an older one may be taken out of VAULT_KEYS."""

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import vault
from accounts.second_factor import rotate_factors


class Command(BaseCommand):
    help = "Seal every stored secret with the newest key of VAULT_KEYS. May be stopped and started again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vault.read_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        lost = sum(self.report(str(model._meta.label), *vault.rotate(model, column)) for model, column in vault.sealed_columns())
        lost += self.report("mfa.Authenticator", *rotate_factors())
        if lost:
            sys.exit(1)

    def report(self, table: str, done: int, lost: int) -> int:
        self.stdout.write(_("%(table)s: %(done)d sealed anew.") % {"table": table, "done": done})
        if lost:
            self.stderr.write(
                _("%(table)s: %(lost)d cannot be opened with today's keys; they have to be entered again.")
                % {"table": table, "lost": lost}
            )
        return lost
