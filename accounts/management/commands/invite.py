"""Invite a person: by letter where the house can write one, else by a link that the operator hands over."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts import letters, links
from accounts.models import User


class Command(BaseCommand):
    help = "Make an account for EMAIL, or help its owner in again: a letter with a one-time link, or the link itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="", help="what the person is called")
        parser.add_argument("--link", action="store_true", help="print the link, send no letter")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person(options["email"], options["name"])
        if letters.ready() and not options["link"]:
            links.invite(user)
            self.stdout.write(_("A letter with a one-time link is on its way to %(address)s.") % {"address": user})
        else:
            self.stdout.write(_("Give this link to %(address)s; it works once, for 7 days:") % {"address": user})
            self.stdout.write(links.make_link(user))


def person(email: str, name: str = "") -> User:
    """Who has this address, made if nobody has. Raises CommandError in plain words."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(_("%(address)s is not an email address.") % {"address": email}) from error
    return User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
