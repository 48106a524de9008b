"""Every letter of a mailbox on stdout: as an mbox for other programs, or as one JSON object a line to compare with."""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from mailbox import ingest
from mailbox.models import Mailbox, Placement
from mailbox.sync.session import flag_names

_FROM = re.compile(rb">*From ")


class Command(BaseCommand):
    help = "Write every letter of ADDRESS to stdout, folder by folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")
        parser.add_argument("--format", choices=["mbox", "jsonl"], default="mbox")

    def handle(self, *args: Any, **options: Any) -> None:
        mailboxes = list(Mailbox.objects.filter(address__iexact=options["address"]))
        if not mailboxes:
            raise CommandError(_("There is no mailbox %(address)s here.") % {"address": options["address"]})
        if left := Placement.objects.filter(folder__mailbox__in=mailboxes, gone_at=None, message__remote=True).count():
            self.stderr.write(_("%(left)d letters are left out: their text is still on the mail server.") % {"left": left})
        try:
            for place in _places(mailboxes):
                self._write(place, options["format"])
        except BrokenPipeError:  # whoever read it has enough
            sys.stderr.close()

    def _write(self, place: Placement, form: str) -> None:
        if form == "jsonl":
            self.stdout.write(json.dumps(facts(place), ensure_ascii=False))
            return
        out: BinaryIO = getattr(self.stdout, "buffer", sys.stdout.buffer)
        out.writelines(mbox(place))


def _places(mailboxes: Iterable[Mailbox]) -> Iterator[Placement]:
    shown = Placement.objects.filter(folder__mailbox__in=mailboxes, gone_at=None, message__remote=False).select_related(
        "folder", "message"
    )
    return shown.order_by("folder__mailbox", "folder__name", "uid", "pk").iterator(chunk_size=200)


def facts(place: Placement) -> dict[str, object]:
    """What is compared with a server or another program: the names are part of the public interface."""
    digest, size = hashlib.sha256(), 0
    for piece in ingest.source_of(place.message):
        digest.update(piece)
        size += len(piece)
    return {
        "folder": place.folder.name,
        "uidvalidity": place.uidvalidity,
        "uid": place.uid,
        "flags": [*flag_names(place.flags), *place.keywords],
        "message_id": place.message.message_id,
        "sha256": digest.hexdigest(),
        "size": size,
        "internaldate": place.message.internal_date.isoformat(),
        "subject": place.message.subject,
    }


def mbox(place: Placement) -> Iterator[bytes]:
    """RFC 4155 with the quoting that can be taken back (mboxrd): every ">*From " line gets one ">" more."""
    sender = re.sub(r"\s+", "", place.message.from_address) or "MAILER-DAEMON"
    arrived = place.message.internal_date.astimezone(UTC)
    yield f"From {sender} {arrived:%a %b %e %H:%M:%S %Y}\n".encode()
    for line in _lines(ingest.source_of(place.message)):
        yield (b">" if _FROM.match(line) else b"") + line + b"\n"
    yield b"\n"


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Without their ends, which are LF in an mbox; the pieces may be cut anywhere."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in whole)
    if rest:
        yield rest.removesuffix(b"\r")
