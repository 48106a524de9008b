"""An empty sheet, an answer or a forward: what the page holds before anything is typed. Nothing is kept yet."""

from uuid import uuid4

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from accounts.models import User
from mailbox import ingest
from mailbox.mime.letter import Address, Letter
from mailbox.mime.text import html_to_text, quote
from mailbox.models import Draft, Identity, Mailbox, Message
from mailbox.models.mailbox import IdentityQuerySet
from mailbox.outbox import replies


def new(user: User, **fields: str) -> Draft | None:
    """A draft that is not saved; None if this person has no address to write from."""
    identity = identities_of(user).first()
    if identity is None:
        return None
    fields["text"] = f"{fields.get('text', '')}{_signature(identity)}"
    return _draft(user, identity, **fields)


def answer(user: User, message: Message, kind: str) -> Draft | None:
    """A reply, a reply to all or a forward of that letter, written as the address that received it."""
    letter = ingest.letter_of(message)
    identity = _identity_for(user, message, letter)
    if identity is None:
        return None
    if kind == Draft.Kind.FORWARD:
        subject, text = replies.forward_subject(letter.subject), f"{_signature(identity)}\n\n{_forwarded(letter)}"
        return _draft(user, identity, kind=kind, about=message, subject=subject, text=text)
    found = replies.reply_recipients(letter, addresses_of(user), everyone=kind == Draft.Kind.REPLY_ALL)
    return _draft(
        user,
        identity,
        kind=kind,
        about=message,
        to=replies.as_typed(found.to),
        cc=replies.as_typed(found.cc),
        subject=replies.reply_subject(letter.subject),
        text=f"{_signature(identity, message)}\n\n{_quoted(letter)}",
    )


def identities_of(user: User) -> IdentityQuerySet:
    """The addresses that this person may write as, in the order of the chooser."""
    return Identity.objects.writable(user).select_related("mailbox").order_by("mailbox", "pk")


def addresses_of(user: User) -> list[str]:
    """Every address that is this person."""
    return [*identities_of(user).values_list("address", flat=True), *Mailbox.objects.of(user).values_list("address", flat=True)]


def _draft(user: User, identity: Identity, **fields: object) -> Draft:
    return Draft(user=user, key=uuid4(), identity=identity, mailbox=identity.mailbox, **fields)


def _identity_for(user: User, message: Message, letter: Letter) -> Identity | None:
    """The address the letter names, best one of the Mailbox it lies in; else any of that Mailbox; else any."""
    every = list(identities_of(user))
    at_home = [identity for identity in every if identity.mailbox_id == message.mailbox_id]
    ordered = [*at_home, *every]
    named = replies.answering_address(letter, [identity.address for identity in ordered])
    return next((identity for identity in ordered if identity.address == named), next(iter(ordered), None))


def _signature(identity: Identity, about: Message | None = None) -> str:
    """The signature below an empty line to write on; left out where this address has already written in the thread."""
    if not identity.signature:
        return ""
    if about and Message.objects.filter(thread=about.thread_id, from_address__iexact=identity.address).exists():
        return ""
    return f"\n\n-- \n{identity.signature}"


def _quoted(letter: Letter) -> str:
    when = _when(letter) or gettext("an unknown day")
    return quote(letter, gettext("On %(when)s, %(name)s wrote:") % {"when": when, "name": _author(letter)})


def _forwarded(letter: Letter) -> str:
    """The letter below a line that says so, with the four headers that people look for."""
    heads = [
        (gettext("From"), ", ".join(map(str, letter.senders))),
        (gettext("Date"), _when(letter)),
        (gettext("Subject"), letter.subject),
        (gettext("To"), ", ".join(map(str, letter.to))),
    ]
    lines = [f"{name}: {value}" for name, value in heads if value]
    return "\n".join([gettext("---------- Forwarded letter ----------"), *lines, "", letter.text or html_to_text(letter.html)])


def _when(letter: Letter) -> str:
    return date_format(timezone.localtime(letter.date), pgettext("date and time", "j F Y, H:i")) if letter.date else ""


def _author(letter: Letter) -> str:
    author = next(iter(letter.senders), Address("", ""))
    return author.name or author.address or gettext("somebody")
