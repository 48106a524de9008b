"""A person writes as another address too, once they have proved to read what comes there: a letter brings a code to it."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox.mime.headers import is_address
from mailbox.mime.letter import Address
from mailbox.mime.write import Unwritable, new_message_id, write_letter
from mailbox.models import AddressClaim, Identity, Mailbox
from mailbox.outbox.posting import CannotPost, post_raw

LIFE = timedelta(hours=1)
MOST = 5  # open ones of a mailbox
TRIES = 5
DIRECT = "direct:"


class CannotClaim(Exception):
    """Nothing was kept; the text is one plain sentence."""


@transaction.atomic
def claim(user: User, mailbox: Mailbox, address: str, name: str) -> AddressClaim:
    """Send a code there, from the mailbox itself. Raises CannotClaim."""
    forget_old(mailbox)
    if problem := _refusal(mailbox, address):
        raise CannotClaim(problem)
    code = f"{secrets.randbelow(10**8):08}"
    digest = AddressClaim.digest_of(code, address)
    made = AddressClaim.objects.create(mailbox=mailbox, user=user, address=address, name=name[:150], digest=digest)
    _write(mailbox, address, code)
    return made


def _refusal(mailbox: Mailbox, address: str) -> str:
    if not is_address(address):
        return _("This is not an email address. Write it like name@example.com.")
    if mailbox.identities.filter(address__iexact=address).exists():
        return _("You write as %(address)s already.") % {"address": address}
    domain = address.rpartition("@")[2].lower()
    if mailbox.outgoing == DIRECT and domain != mailbox.domain:
        return _("Letters leave from this house itself, and may be signed for %(domain)s alone.") % {"domain": mailbox.domain}
    if mailbox.claims.filter(address__iexact=address).exists() or mailbox.claims.count() >= MOST:
        return _("A code is under way already. Enter it, or wait an hour.")
    return ""


def _write(mailbox: Mailbox, address: str, code: str) -> None:
    message_id = new_message_id(mailbox.domain)
    words = {"code": code, "address": address, "mailbox": mailbox.address, "site": settings.SITE_NAME}
    try:
        raw = write_letter(
            sender=Address("", mailbox.address),
            to=[Address("", address)],
            subject=_("%(code)s is your code") % words,
            text=_(
                "%(mailbox)s wants to write letters as %(address)s at %(site)s.\n\n"
                "If that is you, enter this code there within an hour: %(code)s\n\n"
                "If it is not, do nothing."
            )
            % words,
            date=timezone.localtime(),
            message_id=message_id,
        )
        post_raw(mailbox, raw, [address], message_id[:64])
    except (Unwritable, CannotPost) as problem:
        raise CannotClaim(str(problem)) from problem


def prove(made: AddressClaim, code: str) -> Identity:
    """The address is theirs if the code is right. Raises CannotClaim; after a few wrong ones the code is worth nothing."""
    if made.made_at < timezone.now() - LIFE or made.tries >= TRIES:
        made.delete()
        raise CannotClaim(_("That code is no longer good. Ask for another one."))
    made.tries += 1
    made.save(update_fields=["tries"])
    typed = "".join(character for character in code if character.isdecimal())
    if not secrets.compare_digest(AddressClaim.digest_of(typed, made.address), made.digest):
        raise CannotClaim(_("That is not the code. Look at the letter again."))
    with transaction.atomic():
        made.delete()
        identity, _made = Identity.objects.get_or_create(mailbox=made.mailbox, address=made.address, defaults={"name": made.name})
    return identity


def forget_old(mailbox: Mailbox) -> None:
    mailbox.claims.filter(made_at__lt=timezone.now() - LIFE).delete()
