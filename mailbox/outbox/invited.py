"""An invitation is answered: a letter to its organizer, in words for people and as iTIP for their calendar."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import ingest
from mailbox.mime.itip import ANSWERS, reply
from mailbox.mime.letter import Address, Invitation
from mailbox.mime.write import new_message_id, write_letter
from mailbox.models import Identity, Message, Outgoing
from mailbox.outbox.freezing import CannotPost
from mailbox.outbox.posting import post_raw


def can_answer(invitation: Invitation, mine: Address | None) -> bool:
    """Only who is invited answers, and only a request (RFC 5546 section 3.2.2)."""
    asked = invitation.method == "REQUEST" and not invitation.is_cancelled and bool(invitation.uid)
    host = invitation.organizer.address.lower() if invitation.organizer else ""
    return asked and mine is not None and bool(host) and host != mine.address.lower()


def guest_of(user: User, message: Message, invitation: Invitation) -> Address | None:
    """The person as the invitation names them, among the addresses of this Mailbox that they may write as."""
    own = Identity.objects.writable(user).filter(mailbox=message.mailbox_id)
    names = {address.lower(): name for address, name in own.values_list("address", "name")}
    guests = (guest.address for guest, _ in invitation.attendees if guest.address.lower() in names)
    address = next(guests, "")
    return Address(names[address.lower()], address) if address else None


def answered(message: Message) -> str:
    """The last answer, or ""."""
    keys = _sent(message).order_by("-pk").values_list("key", flat=True)
    return keys[0].rpartition(":")[2] if keys else ""


def answer(user: User, message: Message, words: str) -> Outgoing | None:
    """None: that was the answer already. Raises CannotPost."""
    invitation = ingest.letter_of(message).invitation
    who = guest_of(user, message, invitation) if invitation else None
    if invitation is None or who is None or not can_answer(invitation, who) or words not in ANSWERS:
        raise CannotPost("", _("This invitation cannot be answered from here."))
    if answered(message) == words:
        return None
    key = f"answer:{message.pk}:{_sent(message).count()}:{words}"
    return post_raw(message.mailbox, _letter(message, invitation, who, words), [_host(invitation).address], key)


def _sent(message: Message) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(mailbox=message.mailbox_id, key__startswith=f"answer:{message.pk}:")


def _letter(message: Message, invitation: Invitation, who: Address, words: str) -> bytes:
    said = {"accepted": _("Accepted"), "tentative": _("Perhaps"), "declined": _("Declined")}[words]
    texts = {
        "accepted": _("%(name)s will come: %(summary)s"),
        "tentative": _("%(name)s will perhaps come: %(summary)s"),
        "declined": _("%(name)s will not come: %(summary)s"),
    }
    summary = invitation.summary or message.subject
    return write_letter(
        sender=who,
        to=[_host(invitation)],
        subject=f"{said}: {summary}",
        text=texts[words] % {"name": who.name or who.address, "summary": summary},
        calendar=reply(invitation, who, words, timezone.now()),
        date=timezone.localtime(),
        message_id=new_message_id(who.address.rpartition("@")[2]),
        in_reply_to=message.message_id,
        references=[message.message_id] if message.message_id else [],
    )


def _host(invitation: Invitation) -> Address:
    return invitation.organizer or Address("", "")
