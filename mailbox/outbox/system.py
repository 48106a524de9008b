"""The house's own letters (invitations, one-time links, notices) go the way of every letter: into the message queue.

Django's mail functions come here by the setting EMAIL_BACKEND; SYSTEM_MAILBOX names the Mailbox that writes.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.letters import CannotSend
from mailbox.mime.letter import Address
from mailbox.mime.write import Unwritable, new_message_id, write_letter
from mailbox.models import Mailbox
from mailbox.outbox.posting import CannotPost, post_raw


class SystemBackend(BaseEmailBackend):
    def open(self) -> bool:
        """Raises CannotSend where SYSTEM_MAILBOX names no Mailbox of this house."""
        self.mailbox = _system_mailbox()
        return True

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """How many are in the queue. Text only; what else a message carries is not sent. Raises CannotSend."""
        mailbox = _system_mailbox()
        for message in messages:
            _post(mailbox, message)
        return len(messages)


def _system_mailbox() -> Mailbox:
    mailbox = Mailbox.objects.filter(address__iexact=settings.SYSTEM_MAILBOX).order_by("pk").first()
    if mailbox is None:
        raise CannotSend(
            _("SYSTEM_MAILBOX is %(address)s, but no such mailbox is connected.") % {"address": settings.SYSTEM_MAILBOX}
        )
    return mailbox


def _post(mailbox: Mailbox, message: EmailMessage) -> None:
    message_id = new_message_id(mailbox.address.rpartition("@")[2])
    try:
        raw = write_letter(
            sender=Address(settings.SITE_NAME, mailbox.address),
            to=[Address("", address) for address in message.to],
            subject=str(message.subject),
            text=str(message.body),
            date=timezone.localtime(),
            message_id=message_id,
        )
        post_raw(mailbox, raw, message.recipients(), message_id[:64])
    except (Unwritable, CannotPost) as error:
        raise CannotSend(str(error)) from error
