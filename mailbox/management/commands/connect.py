"""Connect a mailbox from the terminal: its two servers are tried, its owner may come in, its first import begins."""

import getpass
import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import links
from accounts.models import User
from mailbox.management import checkup
from mailbox.models import Mailbox, Probe
from mailbox.outbox import domains
from mailbox.sync import connecting, probes
from mailbox.wire import Endpoint


class Command(BaseCommand):
    help = "Connect ADDRESS as a mailbox of OWNER. The password comes from a prompt, or as a line on stdin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner", metavar="OWNER", help="the person's address to sign in here; made, if there is none")
        parser.add_argument("address", metavar="ADDRESS")
        parser.add_argument("--incoming", required=True, metavar="URL", help="imaps://user@host:993, or pop3s://user@host:995")
        parser.add_argument("--outgoing", required=True, metavar="URL", help="submissions://user@host:465, or direct:")
        parser.add_argument(
            "--delete-after",
            type=int,
            metavar="DAYS",
            help="POP3: remove letters from the server so long after they are safely here (0: at once); else they stay there",
        )
        parser.add_argument("--no-check", action="store_true", help="do not try the servers first")

    def handle(self, *args: Any, **options: Any) -> None:
        owner_address, address = _address(options["owner"]), _address(options["address"])
        incoming = _endpoint(options["incoming"], {"imap", "pop3"}, "--incoming")
        keep_days = _keep_days(options["delete_after"], incoming)
        outgoing = _endpoint(options["outgoing"], {"smtp", "mx"}, "--outgoing")
        password = _password(address)
        if not options["no_check"]:
            _try(incoming, outgoing, address, password)
        with transaction.atomic():
            owner = User.objects.filter(email__iexact=owner_address).first()
            link = ""
            if owner is None:
                owner = User.objects.create_user(owner_address)
                link = links.make_link(owner)
            kept = _keep(owner, address, incoming, outgoing, password, keep_days)
        self.stdout.write(_("%(address)s is connected. Its letters are being fetched.") % {"address": address})
        if link:
            self.stdout.write(_("Give this link to %(owner)s; it works once, for 7 days:") % {"owner": owner})
            self.stdout.write(link)
        for line in _preflight(kept):
            self.stdout.write(line)


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise CommandError(_("%(address)s is not an email address.") % {"address": text}) from error
    return text


def _endpoint(text: str, protocols: set[str], option: str) -> Endpoint:
    try:
        endpoint = Endpoint.parse(text)
    except ValueError as error:
        raise CommandError(f"{option}: {error}.") from error
    if endpoint.protocol not in protocols:
        raise CommandError(_("%(option)s: %(scheme)s: is no server for that.") % {"option": option, "scheme": endpoint.scheme})
    return endpoint


def _keep_days(days: int | None, incoming: Endpoint) -> int | None:
    if days is not None and incoming.protocol != "pop3":
        raise CommandError(_("--delete-after is for POP3: letters on an IMAP server are deleted by people."))
    if days is not None and not 0 <= days <= connecting.LONGEST_STAY:
        raise CommandError(_("--delete-after takes a number of days from 0 to %(most)d.") % {"most": connecting.LONGEST_STAY})
    return days


def _password(address: str) -> str:
    if sys.stdin.isatty():
        password = getpass.getpass(_("Password of %(address)s: ") % {"address": address})
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError(_("There is no password: type it, or give it as a line on stdin."))
    return password


def _try(incoming: Endpoint, outgoing: Endpoint, address: str, password: str) -> None:
    troubles = [
        probes.trouble(probes.try_incoming, incoming, address, password),
        probes.trouble(probes.try_outgoing, outgoing, address, password),
    ]
    if any(troubles):
        raise CommandError("\n".join(trouble for trouble in troubles if trouble))


def _keep(owner: User, address: str, incoming: Endpoint, outgoing: Endpoint, password: str, keep_days: int | None) -> Mailbox:
    """A Mailbox of that address that the owner has already gets the new servers and the new password."""
    mailbox = Mailbox.objects.of(owner).filter(address__iexact=address).first()
    probe = Probe.objects.create(
        user=owner, mailbox=mailbox, address=address, incoming=str(incoming), outgoing=str(outgoing), state=Probe.State.GOOD
    )
    probe.set_password(password)
    probe.save(update_fields=["secret"])
    try:
        kept = connecting.keep(probe)
    except connecting.CannotConnect as error:
        raise CommandError(str(error)) from error
    if keep_days is not None:
        connecting.leave(kept, keep_days)
    return kept


def _preflight(mailbox: Mailbox) -> Iterator[str]:
    """What DNS lacks before letters may go straight to the world, as the page of the mailbox says it."""
    try:
        domain = domains.prepare(mailbox)
    except domains.CannotKeep as error:
        yield str(error)
        return
    if domain:
        yield from map(str, checkup.domain_is_fit(domain))
        if not (domain.fit_at or settings.DIRECT_UNCHECKED):
            yield _("Letters wait until what is marked BAD is in place.")
