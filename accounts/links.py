"""One-time links: how a person who has no password, or has lost it, comes in."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import letters, sessions
from accounts.models import OneTimeLink, User

RESET, INVITE = OneTimeLink.Purpose.RESET, OneTimeLink.Purpose.INVITE
Send = Callable[[str], None]


class LinkSpent(Exception):
    """The link was used, ran out, or never was one."""


def make_link(user: User, purpose: str = INVITE) -> str:
    """The whole URL, under SITE_URL, of a page where this person chooses a password: 30 minutes for RESET, 7 days for
    INVITE. It works once, and the person's earlier links end."""
    return settings.SITE_URL + reverse("choose_password", args=[OneTimeLink.make(user, purpose)])


def invite(user: User) -> None:
    """Send a person their first link. Raises letters.CannotSend."""
    letters.send(user.email, "accounts/letters/invite", {"link": make_link(user, INVITE)})


def send_reset(email: str) -> None:
    """Send a link to choose a new password, if somebody of this address is here. Raises letters.CannotSend."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is not None:
        letters.send(user.email, "accounts/letters/reset", {"link": make_link(user, RESET)})


def send_welcome(email: str) -> None:
    """Make an account that this link opens, or remind its owner that there is one. Raises letters.CannotSend."""
    if User.objects.filter(email__iexact=email).exists():
        send_reset(email)
    else:
        invite(User.objects.create_user(email))


def owner(token: str) -> User:
    """Whose password this link sets. Raises LinkSpent."""
    link = OneTimeLink.objects.of_token(token).open().select_related("user").first()
    if link is None:
        raise LinkSpent
    return link.user


def use(token: str, password: str) -> User:
    """Set the password and end the link, and with it every session of that person. Raises LinkSpent."""
    with transaction.atomic():
        user = owner(token)
        if not OneTimeLink.objects.of_token(token).filter(used_at=None).update(used_at=timezone.now()):
            raise LinkSpent  # somebody else was quicker
        user.set_password(password)
        user.save(update_fields=["password", "password_at"])
        sessions.end(user)
    get_adapter().send_notification_mail("account/email/password_changed", user)
    return user
