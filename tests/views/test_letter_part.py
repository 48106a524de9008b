"""Files of a letter."""

import pytest
from django.test import Client

from mailbox.models import Folder
from mailbox.views.parts import disposition
from tests.mime.test_pictures import PNG
from tests.views.conftest import lay
from tests.views.test_letter_body import PICTURE

SEALED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def with_file(name: str, kind: str, content: bytes) -> bytes:
    return (
        b"From: Bob <bob@hamburger.edu>\r\nSubject: A file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\nContent-Type: " + kind.encode() + b"\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''" + name.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"
    )


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "message/rfc822", "x/y;z"])
def test_what_could_run_is_saved_as_plain_bytes(browser: Client, inbox: Folder, kind: str) -> None:
    placement = lay(inbox, with_file("evil.html", kind, b"<script>alert(1)</script>"))
    answer = browser.get(f"/l/{placement.message_id}/part/2")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == SEALED
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_it_comes_out_as_it_went_in(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, with_file("menu.pdf", "application/pdf", b"%PDF-1.4 pickles"))
    answer = browser.get(f"/l/{placement.message_id}/part/2")
    assert answer.content == b"%PDF-1.4 pickles"
    assert answer["Content-Type"] == "application/pdf"


def test_it_is_listed_with_its_size(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, with_file("menu.pdf", "application/pdf", b"x" * 4200))
    page = browser.get(f"/t/{placement.message.thread_id}/").content.decode()
    assert "1 attachment" in page
    assert "menu.pdf" in page
    assert "4 KB" in page


def test_a_korean_name_survives(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, with_file("%EC%95%BD%EB%8F%84.png", "application/zip", b"PK"))
    assert browser.get(f"/l/{placement.message_id}/part/2")["Content-Disposition"] == (
        "attachment; filename*=utf-8''%EC%95%BD%EB%8F%84.png"
    )


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("menu.pdf", 'attachment; filename="menu.pdf"'),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ("C:\\x.exe", 'attachment; filename="C:_x.exe"'),
        ('a"b.txt', 'attachment; filename="a\\"b.txt"'),
        ("a\r\nSet-Cookie: x.txt", 'attachment; filename="a Set-Cookie: x.txt"'),
        ("photo\u202egpj.exe", 'attachment; filename="photo gpj.exe"'),
        ("...", 'attachment; filename="file"'),
        ("x" * 4000 + ".pdf", f'attachment; filename="{"x" * 147}.pdf"'),
    ],
)
def test_a_name_from_outside_is_made_harmless(name: str, header: str) -> None:
    assert disposition(name) == header


def test_a_picture_is_shown_as_what_its_bytes_are(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, PICTURE)
    answer = browser.get(f"/l/{placement.message_id}/part/2?show")
    assert answer["Content-Type"] == "image/png"
    assert "Content-Disposition" not in answer
    assert answer["Content-Security-Policy"] == SEALED


def test_what_only_calls_itself_a_picture_is_not_shown(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, with_file("x.png", "image/png", b"<svg onload=alert(1)>"))
    assert browser.get(f"/l/{placement.message_id}/part/2?show").status_code == 404


@pytest.mark.parametrize("path", ["9", "1.1.1", "..", "x", "2%00"])
def test_a_part_that_is_not_there_is_not_found(browser: Client, inbox: Folder, path: str) -> None:
    placement = lay(inbox, with_file("menu.pdf", "application/pdf", b"x"))
    assert browser.get(f"/l/{placement.message_id}/part/{path}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "content"), [("image/png", b"<svg onload=alert(1)>"), ("image/svg+xml", PNG), ("text/html", PNG)]
)
def test_c40_only_a_picture_by_name_and_by_bytes_is_shown_small(
    browser: Client, inbox: Folder, kind: str, content: bytes
) -> None:
    placement = lay(inbox, with_file("a.png", kind, content))
    assert "part/2?show" not in browser.get(f"/l/{placement.message_id}/").content.decode()


def test_c40_a_picture_is_shown_small(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, with_file("a.png", "image/png", PNG))
    assert f'<img src="/l/{placement.message_id}/part/2?show"' in browser.get(f"/l/{placement.message_id}/").content.decode()
