"""One letter, unfolded: its text as our own HTML or its frame, its files, its invitation, and where it went."""

import mimetypes
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, ngettext

from mailbox.ingest import letter_of
from mailbox.mime.authentication import Trust, trust_of
from mailbox.mime.inner import is_letter, open_letter
from mailbox.mime.leaving import Leaving, leaving_of
from mailbox.mime.letter import Address, Letter, Part, Report, ReportedFate
from mailbox.mime.pictures import look
from mailbox.mime.sanitize import Sanitized, sanitize_html
from mailbox.mime.text import plain_to_html, split_quote
from mailbox.models import Message, Outgoing, Recipient, RemotePicture
from mailbox.outbox import invited
from mailbox.outbox.words import sentence
from mailbox.sync import filling
from mailbox.sync.vouchers import own_server
from mailbox.templatetags.look import file_size, moment
from mailbox.views import doubles
from mailbox.views.meetings import Meeting, meeting_of
from mailbox.views.refusals import Refusal, refusals_of
from mailbox.views.rows import script_of, short_name

_ADDRESS = re.compile(r"[^\s<>()@]{1,64}@[\w.-]{1,253}\.\w{2,63}")
ADDRESSEES = 6  # named before "and 12 others"
FILES = 100
INNER = 5  # letters within a letter that are opened in place; the others are files
THUMB_MAX = 3 << 20  # octets
BOUNCES = 20
REPLY = 500  # characters of a server's own words
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
FILE_ICONS = {
    "image": "image",
    "video": "file-video-camera",
    "audio": "file-music",
    "text": "file-text",
    "message": "mail",
    "application/pdf": "file-text",
    "application/zip": "file-archive",
    "text/calendar": "calendar",
}
NAMES = {  # of what comes with a report and has no name of its own (RFC 3464)
    "message/delivery-status": gettext_lazy("Delivery report"),
    "message/rfc822": gettext_lazy("The letter"),
    "text/rfc822-headers": gettext_lazy("Header of the letter"),
}


@dataclass(frozen=True, slots=True)
class File:
    url: str
    name: str
    size: str
    icon: str
    thumb: str = ""  # the address of a picture that may be shown


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says of one addressee: in our words, and how their server put it."""

    address: str
    sentence: str
    reply: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Inner:
    """A letter within the letter, opened in place under its own sender; `framed` as of a Body."""

    path: str
    subject: str
    sender: str
    to: str
    when: str
    framed: bool
    prose: SafeString
    files: list[File]


@dataclass(frozen=True, slots=True)
class Body:
    """What an unfolded letter shows. `prose` and `quoted` are HTML of our own; with `framed` set the letter's own HTML
    is shown in a frame instead, and `blocked` of its pictures are not loaded."""

    to: str
    all_to: str
    prose: SafeString
    quoted: SafeString
    lang: str
    framed: bool
    blocked: int
    asked: bool  # for its pictures at other hosts
    trust: Trust
    doubts: list[str]  # what a reader should know before an answer
    leaving: Leaving | None
    inner: list[Inner]
    files: list[File]
    files_size: str
    more_files: int
    damage: tuple[str, ...]
    bounces: list[Bounce]
    meeting: Meeting | None
    too_large: str
    coming: bool  # only its header is here yet
    outgoing: Outgoing | None
    refusals: list[Refusal]


def body_of(message: Message, mine: Collection[str]) -> Body:
    if message.remote:
        filling.want(message)
    letter = letter_of(message)
    text, quoted = split_quote(letter.text)
    clean = clean_html(message, letter) if letter.html else Sanitized("")
    trust = trust_of(letter, own_server(message.mailbox))
    links = trust.verdict != "fail"
    return Body(
        to=addressees(letter, mine),
        all_to=", ".join(map(str, (*letter.to, *letter.cc))),
        prose=our_html(plain_to_html(text, links=links)),
        quoted=our_html(plain_to_html(quoted, links=links)) if quoted else our_html(""),
        lang=script_of(letter.text[:400]),
        framed=bool(letter.html),
        blocked=clean.blocked_pictures if links else 0,
        asked="/picture/" in clean.html,
        trust=trust,
        doubts=[*doubts_of(letter, mine), *doubles.of_sender(message, mine), *(doubles.of_links(clean.html) if links else [])],
        leaving=leaving_of(letter),
        inner=inner_letters(message, letter),
        files=[file_of(message, part) for part in letter.attachments[:FILES]],
        files_size=file_size(sum(part.size for part in letter.attachments)),
        more_files=max(0, len(letter.attachments) - FILES),
        damage=letter.damage,
        bounces=[bounce_of(fate, letter.report) for fate in letter.report.fates[:BOUNCES]] if letter.report else [],
        meeting=meeting_of(letter.invitation, mine, invited.answered(message)) if letter.invitation else None,
        too_large="" if message.reader_version or message.remote else file_size(message.size),
        coming=message.remote,
        outgoing=Outgoing.objects.filter(filed=message, mailbox=message.mailbox_id).first(),
        refusals=refusals_of(message),
    )


def inner_letters(message: Message, letter: Letter) -> list[Inner]:
    """Not those that a delivery report returns: what it says of them is shown already."""
    parts = [part for part in letter.parts if is_letter(part)] if letter.report is None else []
    return [_inner(message, part, open_letter(part)) for part in parts[:INNER]]


def _inner(message: Message, part: Part, letter: Letter) -> Inner:
    return Inner(
        path=part.path,
        subject=letter.subject or gettext("(no subject)"),
        sender=", ".join(map(str, letter.senders[:3])) or gettext("Unknown sender"),
        to=", ".join(map(str, (*letter.to, *letter.cc)[:ADDRESSEES])),
        when=moment(letter.date) if letter.date else "",
        framed=bool(letter.html),
        prose=our_html("" if letter.html else plain_to_html(letter.text)),
        files=[file_of(message, inner) for inner in letter.attachments[:FILES]],
    )


def our_html(html: str) -> SafeString:
    """HTML that mime.text or the sanitizer made: nothing of the letter's own markup is in it (law 11)."""
    return mark_safe(html)  # noqa: S308  # the only two makers of markup are mime.text and mime.sanitize


def addressees(letter: Letter, mine: Collection[str]) -> str:
    """to me, Camille Roux; to me and 12 others."""
    people = (*letter.to, *letter.cc)
    names = [gettext("me") if person.address.lower() in mine else person.name or person.address for person in people]
    if not names:
        return gettext("to nobody named")
    if len(names) <= ADDRESSEES:
        return gettext("to %(names)s") % {"names": ", ".join(names)}
    shown, rest = ", ".join(map(short_name, names[: ADDRESSEES - 1])), len(names) - ADDRESSEES + 1
    return ngettext("to %(names)s and %(count)d other", "to %(names)s and %(count)d others", rest) % {
        "names": shown,
        "count": rest,
    }


def doubts_of(letter: Letter, mine: Collection[str]) -> list[str]:
    """A name that is dressed up as another address, and answers that go elsewhere."""
    sender = letter.senders[0] if letter.senders else Address("", "")
    domain = sender.address.rpartition("@")[2].lower()
    doubts = []
    dressed = _ADDRESS.search(sender.name)
    if dressed and dressed[0].lower() != sender.address.lower():
        words = gettext("The name says %(name)s, but the letter comes from %(address)s.")
        doubts.append(words % {"name": dressed[0], "address": sender.address})
    elsewhere = [one.address for one in letter.reply_to if one.address and one.address.rpartition("@")[2].lower() != domain]
    if elsewhere and sender.address.lower() not in mine and not letter.header("list-id"):
        doubts.append(gettext("An answer goes to another address: %(address)s.") % {"address": ", ".join(elsewhere[:3])})
    return doubts


def bounce_of(fate: ReportedFate, report: Report) -> Bounce:
    failed = fate.action == "failed"
    told = Recipient(
        address=fate.original or fate.recipient,
        host=fate.host or report.reporter,
        state=Recipient.State.FAILED if failed else Recipient.State.DEFERRED,
        code=550 if failed else 450,
        enhanced=fate.status,
    )
    return Bounce(told.address, sentence(told), fate.diagnostic[:REPLY], failed)


def part_url(message: Message, part: Part) -> str:
    return reverse("letter_part", args=[message.pk, part.path])


def file_of(message: Message, part: Part) -> File:
    kind = part.content_type
    icon = FILE_ICONS.get(kind) or FILE_ICONS.get(kind.partition("/")[0], "file")
    url = part_url(message, part)
    name = part.name or str(NAMES.get(kind, "")) or name_of(kind)
    return File(url, name, file_size(part.size), icon, f"{url}?show" if is_small_picture(part) else "")


def is_small_picture(part: Part) -> bool:
    """Whether a browser may be given it to shrink: a picture by its own bytes, and neither a large file nor a large area."""
    seen = look(part.content) if part.content_type in PICTURES and part.size <= THUMB_MAX else None
    return bool(seen and seen.is_showable)


def name_of(kind: str) -> str:
    """What a file without a name is called where it is saved."""
    return gettext("unnamed%(ending)s") % {"ending": mimetypes.guess_extension(kind) or ""}


def clean_html(message: Message, letter: Letter, key: str = "") -> Sanitized:
    """The letter's own HTML, made harmless; pictures from the same letter, and our copies of those the person asked for.
    `key` goes with their addresses where there is no session."""
    own = {part.content_id: part for part in letter.parts if part.content_id and part.content_type in PICTURES}

    def picture(content_id: str) -> str | None:
        part = own.get(content_id)
        return f"{part_url(message, part)}?show{key and f'&key={key}'}" if part else None

    here = message.pictures.filter(state=RemotePicture.State.HERE).values_list("url", "number")
    copies = {url: f"{reverse('letter_picture', args=[message.pk, number])}{key and f'?key={key}'}" for url, number in here}
    return sanitize_html(
        letter.html, picture=picture, remote=copies.get, links=trust_of(letter, own_server(message.mailbox)).verdict != "fail"
    )
