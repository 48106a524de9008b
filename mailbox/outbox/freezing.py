"""What was written becomes bytes that never change again: the letter as it goes out, and the envelope beside it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox import ingest
from mailbox.mime.bounces import OUR_HEADER
from mailbox.mime.headers import is_address, read_addresses
from mailbox.mime.letter import Address
from mailbox.mime.read import read_headers
from mailbox.mime.write import Unwritable, bcc_header, new_message_id, write_letter
from mailbox.models import Draft, Identity, Message, Recipient
from mailbox.smtp.commands import Unsayable
from mailbox.smtp.content import check_letter

Kind = Recipient.Kind

MOST_ADDRESSEES = 500
HIDDEN = {b"bcc", b"resent-bcc", b"return-path"}  # never on a wire copy (RFC 5322 section 3.6.3; RFC 5321 section 4.4)

# The field of the form for what the writer of letters objects to.
FIELDS = {
    "sender": "identity",
    "recipients": "to",
    "copies": "cc",
    "blind copies": "bcc",
    "Subject": "subject",
    "subject": "subject",
}


class CannotPost(Exception):
    """Nothing was queued. `field` is where it was typed (to, cc, bcc, subject, text, identity, uploads, or ""), `sentence`
    says what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


@dataclass(frozen=True, slots=True)
class Frozen:
    """`raw` has no Bcc; `bcc` is that header for the copy in Sent, with its line break, or ""."""

    raw: bytes = field(repr=False)
    bcc: str
    message_id: str
    subject: str
    return_path: str
    addressees: tuple[tuple[Address, Kind], ...]
    token: str = ""  # in the return path

    @property
    def people(self) -> list[Address]:
        return [person for person, _ in self.addressees]


def freeze_draft(draft: Draft, identity: Identity, moment: datetime) -> Frozen:
    """The draft as a letter of that moment. Raises CannotPost."""
    people = {kind: _people(kind, getattr(draft, kind.value)) for kind in Kind}
    addressees = _distinct((person, kind) for kind in Kind for person in people[kind])
    message_id = new_message_id(identity.address.rpartition("@")[2])
    in_reply_to, references = _answered(draft)
    try:
        raw = write_letter(
            sender=Address(identity.name, identity.address),
            to=people[Kind.TO],
            cc=people[Kind.CC],
            subject=draft.subject,
            date=timezone.localtime(moment),
            message_id=message_id,
            in_reply_to=in_reply_to,
            references=references,
            **draft.body(message_id),
        )
        bcc = bcc_header(people[Kind.BCC]) if people[Kind.BCC] else ""
    except Unwritable as error:
        raise CannotPost(FIELDS.get(error.field, "uploads"), str(error)) from error
    raw = f"{OUR_HEADER}: {message_id}\r\n".encode() + raw  # providers rename letters, and bounces then speak of theirs
    return _checked(Frozen(raw, bcc, message_id, draft.subject, identity.address, addressees))


def freeze_raw(raw: bytes, recipients: Sequence[str], own: Iterable[str], moment: datetime) -> Frozen:
    """A letter that is bytes already, for these recipients: those its header does not name are blind copies. `own` are the
    addresses that its From may be. What must not travel is taken out, a Message-ID or Date that is missing is put in.
    Raises CannotPost."""
    letter = read_headers(raw)
    sender = letter.senders[0].address if len(letter.senders) == 1 else ""
    if sender.lower() not in {address.lower() for address in own}:
        raise CannotPost("identity", _("This mailbox may not write as %(sender)s.") % {"sender": sender or _("nobody")})
    named = {
        person.address.lower(): (person, kind) for kind, some in ((Kind.CC, letter.cc), (Kind.TO, letter.to)) for person in some
    }
    wanted = _people(Kind.TO, *recipients)
    addressees = _distinct(named.get(person.address.lower(), (person, Kind.BCC)) for person in wanted)
    message_id = letter.message_id or new_message_id(sender.rpartition("@")[2])
    missing = {} if letter.message_id else {"Message-ID": f"<{message_id}>"}
    missing |= {} if letter.date else {"Date": format_datetime(timezone.localtime(moment))}
    hidden = [person for person, kind in addressees if kind == Kind.BCC]
    travelling = b"".join(_travelling(raw, missing))
    return _checked(Frozen(travelling, bcc_header(hidden) if hidden else "", message_id, letter.subject, sender, addressees))


def _people(kind: Kind, *typed: str) -> tuple[Address, ...]:
    found = read_addresses(*typed)
    for person in found:
        if not is_address(person.address):
            wrong = {"typed": (person.address or person.name)[:80]}
            raise CannotPost(kind.value, _("“%(typed)s” is not an email address. Write it like name@example.com.") % wrong)
    return found


def _distinct(addressees: Iterable[tuple[Address, Kind]]) -> tuple[tuple[Address, Kind], ...]:
    """Each address once, at its first place: To before Cc before Bcc. Raises CannotPost if there is none, or too many."""
    first: dict[str, tuple[Address, Kind]] = {}
    for person, kind in addressees:
        first.setdefault(person.address.lower(), (person, kind))
    if not first:
        raise CannotPost("to", _("Write at least one address."))
    if len(first) > MOST_ADDRESSEES:
        raise CannotPost("to", _("A letter can go to %(most)d addresses at most.") % {"most": MOST_ADDRESSEES})
    return tuple(first.values())


def _answered(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References of an answer (RFC 5322 section 3.6.4); a forward begins a conversation of its own."""
    about: Message | None = draft.about
    if about is None or draft.kind == Draft.Kind.FORWARD:
        return "", ()
    letter = ingest.letter_of(about)
    before = letter.references or letter.in_reply_to[:1]
    return letter.message_id, (*before, letter.message_id)


def _travelling(raw: bytes, missing: dict[str, str]) -> Iterator[bytes]:
    """The letter without what must not travel, and with what it lacks on top."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    for name, value in missing.items():
        yield f"{name}: {value}\r\n".encode()
    fields = re.split(rb"\r\n(?![ \t])", head)
    left_out = HIDDEN | {name.lower().encode() for name in missing}  # what cannot be read counts as missing
    yield b"\r\n".join(one for one in fields if one.partition(b":")[0].strip().lower() not in left_out)
    yield blank or b"\r\n\r\n"
    yield body


def _checked(frozen: Frozen) -> Frozen:
    if len(frozen.raw) > settings.LETTER_MAX:
        sizes = {"size": len(frozen.raw) // 2**20 + 1, "most": settings.LETTER_MAX // 2**20}
        raise CannotPost("uploads", _("The letter has %(size)d MB with its files. It may have %(most)d MB.") % sizes)
    try:
        check_letter(frozen.raw)
    except Unsayable as error:
        raise CannotPost("text", str(error)) from error
    return frozen
