"""The files of a letter being written: they come in pieces, are kept in rows of one megabyte and must all fit in it."""

import os
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from mailbox.mime import authored
from mailbox.mime.letter import Part
from mailbox.mime.pictures import look
from mailbox.models import Draft, Recipient, Upload, UploadChunk

CHUNK = 1024 * 1024  # bytes a row
TEXT_ROOM = 64 * 1024  # left for headers and part borders; the text counts for itself
LETTERS = 20
UNDONE_BY = timedelta(hours=1)  # after sending; the letter has its own bytes by then
TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")  # RFC 6838 section 4.2
ANY_TYPE = "application/octet-stream"
NO_NAME = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode categories: controls, directions, half pairs, line and paragraph ends


class TooLarge(Exception):
    """The file does not fit in the letter any more; nothing of it was kept. `room` is what is left, in bytes."""

    def __init__(self, room: int) -> None:
        super().__init__("The letter would be too large with this file.")
        self.room = room


class NoPicture(Exception):
    """PNG, GIF, JPEG or WebP can stand in the text; nothing was kept."""


def room(draft: Draft) -> int:
    """How many bytes of files still fit: a letter may have LETTER_MAX bytes on its way, base64 writes 57 as 78, and all
    letters that a person is writing may hold as much as LETTERS full ones."""
    used = sum(draft.uploads.values_list("size", flat=True))
    text = len((draft.text + draft.html).encode()) * 4 // 3
    in_all = Upload.objects.filter(draft__user=draft.user_id).aggregate(size=Sum("size"))["size"] or 0
    fits = (settings.LETTER_MAX - TEXT_ROOM - text) * 57 // 78 - used
    return max(0, min(fits, LETTERS * settings.LETTER_MAX - in_all))


def keep(draft: Draft, name: str, content_type: str, pieces: Iterable[bytes], *, inline: bool = False) -> Upload:
    """Keep one file, piece by piece. Raises TooLarge as soon as a piece does not fit, and NoPicture if it shall stand in the
    text and is none."""
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)  # two files at once: the second sees what the first has used
        upload = Upload.objects.create(draft=draft, name=safe_name(name), content_type=safe_type(content_type), inline=inline)
        left = free = room(draft)
        for number, data in enumerate(_megabytes(pieces)):
            left -= len(data)
            if left < 0:
                raise TooLarge(free)
            UploadChunk.objects.create(upload=upload, number=number, data=data)
        upload.size = free - left
        if inline:
            upload.content_type = _picture_type(upload)
        upload.save(update_fields=["size", "content_type"])
    return upload


def _picture_type(upload: Upload) -> str:
    seen = look(upload.read())
    if seen is None:
        raise NoPicture
    return seen.content_type


def carry(draft: Draft, parts: Iterable[Part]) -> None:
    """Take over the files of a letter that is forwarded, as many as fit."""
    for part in parts:
        with suppress(TooLarge):
            keep(draft, part.name or _name_of(part), part.content_type, [part.content])


def carry_pictures(draft: Draft, parts: Iterable[Part]) -> dict[str, str]:
    """The same for pictures in the text: where each lies now, by Content-ID."""
    paths = {}
    for part in parts:
        with suppress(TooLarge, NoPicture):
            kept = keep(draft, part.name or "picture", part.content_type, [part.content], inline=True)
            paths[part.content_id] = authored.picture_path(draft.key, kept.pk)
    return paths


def copy(source: Draft, target: Draft) -> dict[int, str]:
    """All files of another draft; where each lies now, by its number there."""
    paths = {}
    for upload in source.uploads.order_by("pk"):
        pieces = (bytes(data) for data in upload.chunks.order_by("number").values_list("data", flat=True).iterator(chunk_size=1))
        kept = keep(target, upload.name, upload.content_type, pieces, inline=upload.inline)
        paths[upload.pk] = authored.picture_path(target.key, kept.pk)
    return paths


def clear_sent() -> None:
    """Drop the files of letters that have left: the queue holds their bytes, and nobody can undo them any more."""
    left = Upload.objects.filter(draft__sent_at__lt=timezone.now() - UNDONE_BY)
    left.exclude(draft__outgoing__recipients__state__in=[Recipient.State.SCHEDULED, Recipient.State.QUEUED]).delete()


def safe_name(name: str) -> str:
    """A file name that is only that: no folder, no control, separator or direction character, at most 200 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join("_" if unicodedata.category(char) in NO_NAME else char for char in last).strip(" .") or "file"
    stem, ending = os.path.splitext(clean)
    return stem[: 200 - len(ending)] + ending if len(ending) < 20 else clean[:200]


def safe_type(content_type: str) -> str:
    """A media type without parameters; plain bytes if it is none, or one that may not be written in base64 (RFC 2046
    sections 5.1 and 5.2: multipart and message)."""
    bare = content_type.partition(";")[0].strip().lower()
    fits = TYPE.fullmatch(bare) and len(bare) <= 127 and not bare.startswith(("message/", "multipart/"))
    return bare if fits else ANY_TYPE


def _megabytes(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """The same bytes in full rows; an empty file has none."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _name_of(part: Part) -> str:
    """A forwarded letter inside a letter often has no name."""
    return "letter.eml" if part.content_type == "message/rfc822" else "attachment"
