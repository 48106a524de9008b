"""All files of a letter in one: a zip that is sent while it is made, so that nothing is left over if nobody waits for it."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest, signed_in
from accounts.pace import paced
from mailbox.ingest import letter_of
from mailbox.mime.letter import Part
from mailbox.views.letters import name_of
from mailbox.views.parts import NOTHING, disposition, letter_message, safe_name, sealed, slowly

MOST = 1000  # files
BUNDLES = 30  # a minute


@require_safe
@signed_in
@paced("bundle", BUNDLES)
def files(request: SignedInRequest, message_id: int) -> HttpResponseBase:
    """Every attachment, each under its own name."""
    message = letter_message(request, message_id)
    parts = letter_of(message).attachments[:MOST]
    if not parts:
        raise Http404
    pieces = zipped(parts)
    stream = slowly(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(stream, content_type="application/zip")
    response["Content-Disposition"] = disposition(f"{message.subject or 'letter'}.zip")
    return sealed(response, NOTHING)


class _Sink:
    """What zipfile writes, until it is taken. It cannot be sought in, so zipfile writes forward only."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def zipped(parts: Iterable[Part]) -> Iterator[bytes]:
    sink, taken = _Sink(), set[str]()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it needs no more of a file
        for part in parts:
            archive.writestr(_unique(safe_name(part.name or name_of(part.content_type)), taken), part.content)
            yield sink.take()
    yield sink.take()


def _unique(name: str, taken: set[str]) -> str:
    """menu.pdf, menu (2).pdf: also where upper and lower case are one."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    number, unique = 1, name
    while unique.casefold() in taken:
        number += 1
        unique = f"{stem} ({number}){ending}"
    taken.add(unique.casefold())
    return unique
