"""The few letters that the house itself writes: text only, in the receiver's language, through SYSTEM_MAILBOX's queue."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User


class CannotSend(Exception):
    """The house has no Mailbox of its own to write from; the sentence says what is missing."""


def ready() -> bool:
    """Whether a letter written now would go out."""
    try:
        _open_connection()
    except CannotSend:
        return False
    return True


def send(email: str, name: str, context: dict[str, Any]) -> None:
    """Write `<name>_subject.txt` and `<name>_message.txt` to this address. Raises CannotSend."""
    connection = _open_connection()
    reader = User.objects.filter(email__iexact=email).first()
    with translation.override((reader and reader.language) or translation.get_language() or settings.LANGUAGE_CODE):
        facts = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, "email": email, **context}
        subject = " ".join(render_to_string(f"{name}_subject.txt", facts).split())
        body = render_to_string(f"{name}_message.txt", facts).strip() + "\n"
    EmailMessage(subject, body, settings.SYSTEM_MAILBOX, [email], connection=connection).send()


def send_if_ready(email: str, name: str, context: dict[str, Any]) -> None:
    """The same where the house can write letters; whoever it is for is told elsewhere too."""
    with suppress(CannotSend):
        send(email, name, context)


def _open_connection() -> Any:
    if not settings.SYSTEM_MAILBOX:
        raise CannotSend("SYSTEM_MAILBOX is not set.")
    connection = get_connection()
    connection.open()
    return connection
