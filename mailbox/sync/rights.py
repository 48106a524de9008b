"""The door of every deed: may this person change this Mailbox, and nobody else at the same time."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import threads
from mailbox.models import Access


class CannotChange(Exception):
    """It was not done; the text is one plain sentence for the person who asked."""


class Forbidden(CannotChange):
    """This person's role in the Mailbox does not reach so far."""


def enter(user: User, mailboxes: Iterable[int]) -> None:
    """Check the role and take the locks, always in the same order. Raises Forbidden."""
    wanted = set(mailboxes)
    allowed = set(Access.objects.filter(user=user, mailbox__in=wanted, role__in=Access.CHANGES).values_list("mailbox", flat=True))
    if wanted - allowed:
        raise Forbidden(_("You may read this mailbox, but not change it."))
    for mailbox in sorted(wanted):
        threads.lock(mailbox)
