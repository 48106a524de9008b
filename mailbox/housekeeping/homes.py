"""What operators may do with a mailbox whose letters they never see: make one, move its servers, name its next owner,
take it away after a time of grace. Its password is nobody's but its owner's."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from mailbox import live
from mailbox.models import Access, Identity, Mailbox
from mailbox.sync import connecting
from mailbox.wire import Endpoint

GRACE = timedelta(days=14)
UNKNOWN = "The password is not known here yet. Enter it, and the mailbox is connected."


class CannotDo(Exception):
    """Nothing was done; the text is one plain sentence."""


@transaction.atomic
def make(address: str, owner: User, incoming: Endpoint, outgoing: Endpoint) -> Mailbox:
    """A mailbox that waits for its owner to enter the password. Raises CannotDo."""
    if problem := connecting.refusal(owner, address):
        raise CannotDo(problem)
    try:
        with transaction.atomic():
            made = Mailbox.objects.create(address=address, incoming=str(incoming), outgoing=str(outgoing))
    except IntegrityError:
        raise CannotDo(_("This mailbox is here already.")) from None
    Access.objects.create(mailbox=made, user=owner, role=Access.Role.OWNER)
    Identity.objects.create(mailbox=made, name=owner.name, address=address)
    _ask_for_password(made)
    return made


@transaction.atomic
def change_servers(mailbox: Mailbox, incoming: Endpoint, outgoing: Endpoint) -> None:
    """The saved password is forgotten: it was given for other servers, and whoever runs the new ones would read it.
    Raises CannotDo."""
    if incoming.protocol != mailbox.incoming_endpoint.protocol:
        raise CannotDo(_("A mailbox stays with IMAP or with POP3. Add it once more for the other way."))
    try:
        with transaction.atomic():
            Mailbox.objects.filter(pk=mailbox.pk).update(incoming=str(incoming), outgoing=str(outgoing))
    except IntegrityError:
        raise CannotDo(_("This mailbox is here already.")) from None
    _ask_for_password(mailbox)


def _ask_for_password(mailbox: Mailbox) -> None:
    connecting.pause(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(secret=b"", state=Mailbox.State.SIGN_IN, trouble=UNKNOWN)
    live.tell_of(mailbox.pk, "mailbox", mailbox.pk)


def bequeath(mailbox: Mailbox, person: User, operator: User) -> None:
    """Name its next owner. It becomes theirs when they add it with its password, so nobody is given letters to read that
    they could not read anyway. Raises CannotDo."""
    if person == operator:
        raise CannotDo(_("Nobody hands a mailbox over to themselves. Ask another operator."))
    if mailbox.access.filter(user=person, role=Access.Role.OWNER).exists():
        raise CannotDo(_("It belongs to %(person)s already.") % {"person": person})
    Mailbox.objects.filter(pk=mailbox.pk).update(heir=person)


def leave(mailbox: Mailbox) -> None:
    """It rests at once, and goes when the grace is over; until then everybody who may use it can still read."""
    connecting.pause(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(leaving_at=timezone.now() + GRACE)
    live.tell_of(mailbox.pk, "mailbox", mailbox.pk)


def stay(mailbox: Mailbox) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(leaving_at=None)
    connecting.resume(mailbox)


def remove_due() -> None:
    """Those whose grace is over."""
    for mailbox in Mailbox.objects.filter(leaving_at__lte=timezone.now()).exclude(incoming__startswith=connecting.REMOVED):
        with transaction.atomic():
            audit.note("mailbox_removed", about=mailbox.address, mailbox_id=mailbox.pk)
            connecting.remove(mailbox)
