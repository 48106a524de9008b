"""Make an operator, and print the one-time link with which they choose a password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.links import make_link
from accounts.models import User


class Command(BaseCommand):
    help = "Make an operator, or make one of somebody who is here. A second factor is compulsory for operators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        user = operator(options["email"])
        self.stdout.write(_("%(address)s is an operator. Open this link within 7 days to choose a password:") % {"address": user})
        self.stdout.write(make_link(user))
        self.stdout.write(_("At the first sign-in a second factor has to be set up; nothing else opens before that."))


def operator(email: str) -> User:
    """The person of this address with every right of staff. Raises CommandError in plain words."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(_("%(address)s is not an email address.") % {"address": email}) from error
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
    user.is_staff = user.is_superuser = user.is_active = True
    user.save(update_fields=["is_staff", "is_superuser", "is_active"])
    return user
