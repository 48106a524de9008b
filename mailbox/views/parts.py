"""The pieces of a letter that have an address of their own: its HTML in a frame, its files, its source. All are foreign
bytes: each answer says that nothing in it may run, frame, send or fetch."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.ingest import letter_of, source_of
from mailbox.mime.inner import find_part, is_letter, open_letter
from mailbox.mime.letter import Letter, Part
from mailbox.mime.pictures import look
from mailbox.models import Message
from mailbox.views.elsewhere import is_elsewhere, signed_in_or_key
from mailbox.views.letters import PICTURES, clean_html, our_html
from mailbox.views.rows import script_of

Answer = TypeVar("Answer", bound=HttpResponseBase)

NAME_MAX = 150  # characters of a file name
FRAME = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
# Types that no browser runs. Everything else is saved as plain bytes, whatever the letter calls it.
HARMLESS = {*PICTURES, "application/pdf", "application/zip", "audio/mpeg", "video/mp4"}


@xframe_options_exempt  # its own policy says who may frame it
@require_safe
@signed_in_or_key
def body(request: SignedInRequest, message_id: int) -> HttpResponse:
    """The letter's own HTML, sanitized, as a document for its frame."""
    message = letter_message(request, message_id)
    letter = _opened(letter_of(message), request.GET.get("part", ""))
    if not letter.html:
        raise Http404
    clean = clean_html(message, letter, request.GET.get("key", "") if is_elsewhere(request) else "").html
    response = render(request, "mailbox/letter_body.html", {"html": our_html(clean), "lang": script_of(clean) or get_language()})
    addresses = [reverse("letter_part", args=[message.pk, "1"])]
    if "/picture/" in clean:
        addresses.append(reverse("letter_picture", args=[message.pk, 1]))
    own_pictures = " ".join(request.build_absolute_uri(address).removesuffix("1") for address in addresses)
    return sealed(response, body_policy(own_pictures, settings.SITE_URL if is_elsewhere(request) else "'self'"))


def _opened(letter: Letter, path: str) -> Letter:
    """The letter, or the one within it that is its part of that number."""
    found = find_part(letter, path) if path else None
    if path and not (found and is_letter(found)):
        raise Http404
    return open_letter(found) if found else letter


def body_policy(own_pictures: str, framed_by: str) -> str:
    """What the frame of a letter may do: inline style, pictures of its own and our copies of those the person
    asked for, links that open elsewhere."""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data: {own_pictures}; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {framed_by}; sandbox {FRAME}"
    )


@require_safe
@signed_in_or_key
def part(request: SignedInRequest, message_id: int, path: str) -> HttpResponse:
    """A file of the letter, to be saved; with ?show a picture, for the letter's own frame."""
    found = find_part(letter_of(letter_message(request, message_id)), path)
    if found is None:
        raise Http404
    seen = look(found.content)
    kind = seen.content_type if seen else ""
    if "show" in request.GET:
        if not kind:
            raise Http404
        return sealed(HttpResponse(found.content, content_type=kind), NOTHING)
    response = HttpResponse(found.content, content_type=kind or safe_type(found))
    response["Content-Disposition"] = disposition(found.name or f"part-{path}")
    return sealed(response, NOTHING)


@require_safe
@signed_in
def source(request: SignedInRequest, message_id: int) -> HttpResponseBase:
    """The letter exactly as it came: as plain text to look at, or with ?download as a file."""
    message = letter_message(request, message_id)
    if message.remote:
        return redirect("thread", message.thread_id)  # it says that the rest is on its way, and sees to it
    download = "download" in request.GET
    kind = "message/rfc822" if download else "text/plain; charset=utf-8"
    pieces = source_of(message)
    response = StreamingHttpResponse(slowly(pieces) if isinstance(request, ASGIRequest) else pieces, content_type=kind)
    if download:
        response["Content-Disposition"] = disposition(f"{message.subject or 'letter'}.eml")
    return sealed(response, NOTHING)


def letter_message(request: SignedInRequest, message_id: int) -> Message:
    return get_object_or_404(Message.objects.of(request.user).select_related("raw"), pk=message_id)


def safe_type(part: Part) -> str:
    return part.content_type if part.content_type in HARMLESS else "application/octet-stream"


def disposition(name: str) -> str:
    """RFC 6266, for a name that came from outside."""
    return content_disposition_header(True, safe_name(name)) or "attachment"


def safe_name(name: str) -> str:
    """No path, no control or invisible character, not endless."""
    plain = "".join(letter if letter.isprintable() else " " for letter in name.replace("/", "_").replace("\\", "_"))
    stem, dot, ending = " ".join(plain.split()).rpartition(".")
    short = f"{stem[: NAME_MAX - len(ending)]}{dot}{ending}" if len(ending) < NAME_MAX // 2 else plain[:NAME_MAX]
    return short.lstrip(".") or "file"


def sealed(response: Answer, policy: str) -> Answer:
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    response["X-DNS-Prefetch-Control"] = "off"
    response["Cache-Control"] = "no-store"
    return response


async def slowly(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces for a server that must not wait."""
    another = sync_to_async(partial(next, pieces, None))
    while (piece := await another()) is not None:
        yield piece
