"""The files of a letter being written: a request each, counted while it is read, kept in rows of a megabyte."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.forms.compose import DraftForm
from mailbox.models import Draft, Upload
from mailbox.outbox import drafts, uploads
from mailbox.outbox.drafts import Gone, Stale
from mailbox.outbox.uploads import TooLarge
from mailbox.templatetags.look import file_size
from mailbox.views import sheet
from mailbox.views.parts import NOTHING, sealed


class Measure(FileUploadHandler):
    """Stops reading as soon as the files are larger than what still fits in the letter."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.left = room
        self.too_large = ""  # the name of the file that did not fit

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.left -= len(raw_data)
        if self.left < 0:
            self.too_large = self.file_name or gettext("This file")
            raise StopUpload  # the rest is read past, so that the browser hears why
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


@require_POST
@csrf_exempt  # until the measure stands at the door: _upload checks the token, and that reads the files
@signed_in
def upload(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Attach files: one from the page's script, or several together with the whole form."""
    draft = Draft.objects.of(request.user).open().filter(key=key).first()
    measure = Measure(uploads.room(draft) if draft else settings.LETTER_MAX)
    request.upload_handlers.insert(0, measure)
    answer: HttpResponse = _upload(request, key, measure)
    return answer


@csrf_protect
def _upload(request: SignedInRequest, key: UUID, measure: Measure) -> HttpResponse:
    draft = _draft_of(request, key)
    if isinstance(draft, HttpResponse):
        return draft
    if "inline" in request.GET:
        return _picture(request, draft)
    kept, refused = [], [measure.too_large] if measure.too_large else []
    for file in request.FILES.getlist("file"):
        try:
            kept.append(uploads.keep(draft, file.name or "", file.content_type or "", file.chunks(uploads.CHUNK)))
        except TooLarge:
            refused.append(file.name or "")
    if request.htmx:
        context = {"key": key, "uploads": kept, "refused": refused, "sentence": _no_room(draft)}
        return render(request, "mailbox/_uploads.html", context, status=413 if refused else 200)
    for name in refused:
        messages.error(request, f"{name}: {_no_room(draft)}")
    return redirect("draft", key)


def _picture(request: SignedInRequest, draft: Draft) -> HttpResponse:
    """One for the text, from the page's script: 201 says where it lies, 415 that it can only be attached."""
    file = request.FILES.get("file")
    try:
        if file is None:
            raise TooLarge(0)
        kept = uploads.keep(draft, file.name or "", "", file.chunks(uploads.CHUNK), inline=True)
    except TooLarge:
        return HttpResponse(_no_room(draft), status=413, content_type="text/plain; charset=utf-8")
    except uploads.NoPicture:
        return HttpResponse(status=415)
    return HttpResponse(status=201, headers={"Location": reverse("draft_picture", args=[draft.key, kept.pk])})


@require_safe
@signed_in
def picture(request: SignedInRequest, key: UUID, upload_id: int) -> HttpResponse:
    """A picture in the text of a letter being written."""
    found = get_object_or_404(Upload.objects.of(request.user).filter(draft__key=key, inline=True), pk=upload_id)
    return sealed(HttpResponse(found.read(), content_type=found.content_type), NOTHING)


@require_POST
@signed_in
def remove(request: SignedInRequest, key: UUID, upload_id: int) -> HttpResponse:
    """Take a file off the letter."""
    found = get_object_or_404(Upload.objects.of(request.user).filter(draft__key=key, draft__sent_at=None), pk=upload_id)
    draft = _draft_of(request, key)
    if isinstance(draft, HttpResponse):
        return draft
    found.delete()
    return HttpResponse() if request.htmx else redirect("draft", key)


def _draft_of(request: SignedInRequest, key: UUID) -> Draft | HttpResponse:
    """The draft to act on. Without script the whole form comes along and is kept first, or says what is wrong."""
    if "revision" not in request.POST:
        return get_object_or_404(Draft.objects.of(request.user).open(), key=key)
    form = DraftForm(request.user, request.POST)
    if not form.is_valid():
        return sheet.show_form(request, key, form)
    try:
        return drafts.save(request.user, key, form.written())
    except Draft.DoesNotExist:
        raise Http404 from None
    except (Stale, Gone) as late:
        return sheet.too_late(request, key, form, late)


def _no_room(draft: Draft) -> str:
    sizes = {"max": file_size(settings.LETTER_MAX), "left": file_size(uploads.room(draft))}
    return gettext("Too large. A letter can have %(max)s; %(left)s are left.") % sizes
