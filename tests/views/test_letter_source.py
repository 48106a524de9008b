"""A letter exactly as it came."""

import zstandard
from django.test import Client

from mailbox.models import Folder, Message, RawChunk
from tests.views.conftest import lay, letter


def source(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_it_is_the_very_bytes(browser: Client, inbox: Folder) -> None:
    raw = letter("Ketchup", text="<script>alert(1)</script>")
    answer = browser.get(f"/l/{lay(inbox, raw).message_id}/source")
    assert source(answer) == raw


def test_it_is_never_more_than_text(browser: Client, inbox: Folder) -> None:
    answer = browser.get(f"/l/{lay(inbox, 'Ketchup').message_id}/source")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("sandbox")


def test_it_can_be_saved(browser: Client, inbox: Folder) -> None:
    answer = browser.get(f"/l/{lay(inbox, 'Ketchup?').message_id}/source?download")
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == 'attachment; filename="Ketchup?.eml"'


def test_a_letter_too_large_to_be_read_is_streamed_from_its_chunks(browser: Client, inbox: Folder) -> None:
    message = lay(inbox, "Huge").message
    Message.objects.filter(pk=message.pk).update(reader_version=0, size=80_000_000)
    for number in range(3):
        RawChunk.objects.create(message=message, number=number, data=zstandard.compress(b"%d" % number * 1000))
    assert source(browser.get(f"/l/{message.pk}/source")) == b"0" * 1000 + b"1" * 1000 + b"2" * 1000
    page = browser.get(f"/t/{message.thread_id}/").content.decode()
    assert "This letter is very large: 80 MB." in page
