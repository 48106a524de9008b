"""Make an operator, and print the one-time link with which they choose a password."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from accounts import audit
from accounts.links import make_link
from accounts.management.commands.invite import person


class Command(BaseCommand):
    help = "Make an operator, or make one of somebody who is here. A second factor is compulsory for operators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person(options["email"])
        user.is_active = True
        user.save(update_fields=["is_active"])
        user.take_duty(user.Duty.OPERATOR)
        audit.note("duty", about=user.email, facts={"duty": user.duty})
        self.stdout.write(_("%(address)s is an operator. Open this link within 7 days to choose a password:") % {"address": user})
        self.stdout.write(make_link(user))
        self.stdout.write(_("At the first sign-in a second factor has to be set up; nothing else opens before that."))
