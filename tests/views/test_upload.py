"""Files for a letter: kept in rows of a megabyte, counted while they come, taken off again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from mailbox.mime import authored
from mailbox.mime.read import read_letter
from mailbox.models import Draft, Mailbox, Recipient, Upload, UploadChunk
from mailbox.outbox import uploads
from mailbox.outbox.freezing import freeze_draft
from mailbox.outbox.uploads import safe_name, safe_type
from tests.pictures import GIF
from tests.views.writing import DOCK, keep, sheet

MEGABYTE = 1024 * 1024


def attach(client: Client, draft: Draft, name: str, data: bytes, content_type: str = "text/plain") -> int:
    file = SimpleUploadedFile(name, data, content_type)
    return client.post(reverse("draft_upload", args=[draft.key]), {"file": file}, headers=DOCK).status_code


def test_a_file_is_kept_in_rows_of_a_megabyte(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    data = bytes(range(256)) * 10_000
    assert attach(client, keep(client, alice), "사진.png", data, "image/png") == 200
    upload = Upload.objects.get()
    assert (upload.name, upload.content_type, upload.size) == ("사진.png", "image/png", len(data))
    assert [len(chunk) for chunk in upload.chunks.order_by("number").values_list("data", flat=True)] == [
        MEGABYTE,
        MEGABYTE,
        462_848,
    ]
    assert upload.read() == data


def test_an_empty_file_is_kept_with_a_plain_note(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    answer = client.post(reverse("draft_upload", args=[draft.key]), {"file": SimpleUploadedFile("empty.txt", b"")}, headers=DOCK)
    assert "Empty (0 bytes)" in answer.content.decode()
    assert Upload.objects.get().read() == b""


def test_a_file_that_does_not_fit_is_refused_and_nothing_of_it_stays(
    client: Client, alice: User, alices: Mailbox, settings: Settings
) -> None:
    settings.LETTER_MAX = 2 * MEGABYTE
    client.force_login(alice)
    draft = keep(client, alice)
    assert attach(client, draft, "small.bin", b"x" * 1000) == 200
    assert attach(client, draft, "large.bin", b"x" * (2 * MEGABYTE)) == 413
    assert [upload.name for upload in Upload.objects.all()] == ["small.bin"]
    assert UploadChunk.objects.count() == 1


def test_two_files_share_the_room(client: Client, alice: User, alices: Mailbox, settings: Settings) -> None:
    settings.LETTER_MAX = 2 * MEGABYTE
    client.force_login(alice)
    draft = keep(client, alice)
    assert attach(client, draft, "first.bin", b"x" * MEGABYTE) == 200
    assert attach(client, draft, "second.bin", b"x" * MEGABYTE) == 413


def test_all_drafts_together_hold_so_much(client: Client, alice: User, alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(alice)
    attach(client, keep(client, alice), "first.bin", b"x" * 2000)
    monkeypatch.setattr(uploads, "LETTERS", 3000 / settings.LETTER_MAX)
    assert attach(client, keep(client, alice), "second.bin", b"x" * 2000) == 413


@pytest.mark.parametrize(("state", "left"), [("sent", 0), ("scheduled", 1), ("queued", 1)])
def test_the_files_of_a_letter_that_left_are_dropped(client: Client, alice: User, alices: Mailbox, state: str, left: int) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    attach(client, draft, "jars.csv", b"jars,3")
    client.post(reverse("draft_send", args=[draft.key]), sheet(alice, revision=1))
    Draft.objects.update(sent_at=timezone.now() - timedelta(hours=2))
    Recipient.objects.update(state=state)
    uploads.clear_sent()
    assert Upload.objects.count() == left


def test_reading_stops_when_the_room_is_used(client: Client, alice: User, alices: Mailbox, settings: Settings) -> None:
    settings.LETTER_MAX = MEGABYTE
    client.force_login(alice)
    draft = keep(client, alice)
    answer = client.post(reverse("draft_upload", args=[draft.key]), {"file": SimpleUploadedFile("huge.bin", b"x" * 4 * MEGABYTE)})
    assert "huge.bin: Too large. A letter can have 1.0 MB" in str(next(iter(get_messages(answer.wsgi_request))))


def test_without_script_the_typed_text_comes_along(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    key = uuid4()
    files = [SimpleUploadedFile("one.txt", b"1"), SimpleUploadedFile("two.txt", b"2")]
    answer = client.post(reverse("draft_upload", args=[key]), {**sheet(alice, text="typed"), "file": files})
    assert answer["Location"] == reverse("draft", args=[key])
    assert Draft.objects.get(key=key).text == "typed"
    assert [upload.name for upload in Upload.objects.order_by("pk")] == ["one.txt", "two.txt"]


def test_a_file_is_taken_off_again(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    attach(client, draft, "wrong.txt", b"oops")
    client.post(reverse("draft_upload_remove", args=[draft.key, Upload.objects.get().pk]), headers=DOCK)
    assert not UploadChunk.objects.exists()


def test_strangers_neither_attach_nor_remove(client: Client, alice: User, alices: Mailbox, bob: User) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    attach(client, draft, "mine.txt", b"mine")
    client.force_login(bob)
    assert attach(client, draft, "his.txt", b"his") == 404
    assert client.post(reverse("draft_upload_remove", args=[draft.key, Upload.objects.get().pk])).status_code == 404
    assert Upload.objects.get().name == "mine.txt"


def show(client: Client, draft: Draft, data: bytes) -> HttpResponse:
    file = SimpleUploadedFile("jar.gif", data)
    return client.post(f"{reverse('draft_upload', args=[draft.key])}?inline", {"file": file})


def test_a_picture_in_the_text_goes_along_within_it(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    path = show(client, draft, GIF)["Location"]
    assert path == authored.picture_path(draft.key, Upload.objects.get().pk)
    assert client.get(path).content == GIF
    draft.html = f'<p>Look: <img src="{path}" alt="jar"></p>'
    letter = read_letter(freeze_draft(draft, draft.identity, timezone.now()).raw)
    assert [(part.role, part.content_type, part.content) for part in letter.parts[2:]] == [("picture", "image/gif", GIF)]
    assert not letter.attachments


def test_a_picture_that_was_taken_out_again_stays_here(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    show(client, draft, GIF)
    draft.refresh_from_db()
    assert len(read_letter(freeze_draft(draft, draft.identity, timezone.now()).raw).parts) == 1


def test_what_is_no_picture_does_not_stand_in_the_text(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert show(client, keep(client, alice), b"<svg onload=alert(1)>").status_code == 415
    assert not Upload.objects.exists()


def test_the_token_of_the_form_is_asked_for(alice: User, alices: Mailbox) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    draft = Draft.objects.create(user=alice, mailbox=alices, key=uuid4())
    assert attach(client, draft, "forged.txt", b"forged") == 403
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\mail\\jars.csv", "jars.csv"),
        ("a\r\nBcc: spy@h.edu.txt", "a__Bcc: spy@h.edu.txt"),
        ("a\u2028b\u202egpj.exe", "a_b_gpj.exe"),
        ("..", "file"),
        ("김치.pdf", "김치.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("image/PNG; x=y", "image/png"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_type_is_only_a_type(given: str, safe: str) -> None:
    assert safe_type(given) == safe
