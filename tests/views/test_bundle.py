"""All files of a letter in one zip."""

import io
from zipfile import ZipFile

import pytest
from django.test import Client

from mailbox.models import Folder, Placement
from tests.views.conftest import lay

NAMES = ["menu.txt", "MENU.txt", "../../etc/passwd", "약도.png", "menu.txt", "x" * 400 + ".pdf", "a\u202efdp.exe"]


@pytest.fixture
def files(inbox: Folder) -> Placement:
    parts = [
        f'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n{number}\r\n'
        for number, name in enumerate(NAMES)
    ]
    head = "From: Bob <bob@hamburger.edu>\r\nSubject: Files/all\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return lay(inbox, (head + "".join(parts) + "--b--\r\n").encode())


def test_c42_names_are_unique_and_safe(browser: Client, files: Placement) -> None:
    answer = browser.get(f"/l/{files.message_id}/files.zip")
    assert answer["Content-Disposition"] == 'attachment; filename="Files_all.zip"'
    with ZipFile(io.BytesIO(b"".join(answer))) as archive:  # type: ignore[arg-type]
        names = archive.namelist()
        contents = [archive.read(name) for name in names]
    assert contents == [b"%d" % number for number in range(len(NAMES))]
    assert names[:5] == ["menu.txt", "MENU (2).txt", "passwd", "약도.png", "menu (3).txt"]
    assert len({name.casefold() for name in names}) == len(NAMES)
    assert not any(char in name for name in names for char in "/\\\u202e")
    assert max(map(len, names)) < 200


def test_a_letter_within_has_its_ending(browser: Client, inbox: Folder) -> None:
    head = b"Subject: Fwd\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    found = lay(inbox, head + b"Subject: Inner\r\n\r\nHello\r\n--b--\r\n")
    answer = browser.get(f"/l/{found.message_id}/files.zip")
    with ZipFile(io.BytesIO(b"".join(answer))) as archive:  # type: ignore[arg-type]
        assert archive.namelist() == ["unnamed.eml"]


def test_a_letter_without_files_has_none(browser: Client, inbox: Folder) -> None:
    assert browser.get(f"/l/{lay(inbox, 'Hello').message_id}/files.zip").status_code == 404


def test_the_letter_offers_it_where_there_are_several(browser: Client, files: Placement) -> None:
    assert f'href="/l/{files.message_id}/files.zip"' in browser.get(f"/l/{files.message_id}/").content.decode()
