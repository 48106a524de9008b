"""Take away the second factor of a person who has lost it, after the operator has made sure who asks."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User


class Command(BaseCommand):
    help = "Take away the passkeys, app codes and recovery codes of EMAIL, and sign them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(_("Nobody here has the address %(address)s.") % {"address": options["email"]})
        Authenticator.objects.filter(user=user).delete()
        sessions.end(user)
        self.stdout.write(_("%(address)s signs in with the password alone now.") % {"address": user})
