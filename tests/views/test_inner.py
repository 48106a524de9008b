"""A letter within a letter is opened in place, under its own sender and in a frame of its own."""

import pytest
from django.test import Client

from mailbox.models import Folder, Placement
from tests.mime.test_pictures import PNG
from tests.views.conftest import flat, lay

HEAD = b"From: Bob <bob@hamburger.edu>\r\nSubject: Forwarded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
OUTER = HEAD + b"--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--b--\r\n"
HTML = (
    b"From: Ida <ida@mill.example>\r\nSubject: The mill\r\nContent-Type: multipart/related; boundary=c\r\n\r\n--c\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Flour</p><script>alert(1)</script><img src='cid:x'>\r\n--c\r\n"
    b"Content-Type: image/png\r\nContent-ID: <x>\r\n\r\n" + PNG + b"\r\n--c--\r\n"
)


@pytest.fixture
def forwarded(inbox: Folder) -> Placement:
    return lay(inbox, OUTER % HTML)


def test_c21_it_stands_under_its_own_sender(browser: Client, forwarded: Placement) -> None:
    page = flat(browser.get(f"/l/{forwarded.message_id}/"))
    assert "Ida &lt;ida@mill.example&gt;" in page
    assert f'src="/l/{forwarded.message_id}/body?part=2"' in page


def test_c21_its_frame_is_sealed_like_any_other(browser: Client, forwarded: Placement) -> None:
    frame = browser.get(f"/l/{forwarded.message_id}/body?part=2")
    assert "<p>Flour</p>" in frame.content.decode()
    assert "<script" not in frame.content.decode()
    assert f'src="/l/{forwarded.message_id}/part/2.2?show"' in frame.content.decode()
    assert frame["Content-Security-Policy"].startswith("default-src 'none'")
    assert browser.get(f"/l/{forwarded.message_id}/part/2.2?show").content == PNG


def test_text_within(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, OUTER % b"Subject: Note\r\n\r\nRye & spelt.")
    assert "Rye &amp; spelt." in flat(browser.get(f"/l/{placement.message_id}/"))


@pytest.mark.parametrize("path", ["1", "3", "2.9", "x"])
def test_there_is_no_other(browser: Client, forwarded: Placement, path: str) -> None:
    assert browser.get(f"/l/{forwarded.message_id}/body?part={path}").status_code == 404
