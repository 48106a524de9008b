"""The HTML of a letter, in a frame that can do nothing."""

import pytest
from django.test import Client

from mailbox.models import Folder, Placement
from tests.views.conftest import lay, letter

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: http://testserver/l/{pk}/part/; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
PICTURE = (
    b"From: Ida <ida@mill.example>\r\nSubject: The mill\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    b'--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Here:</p><img src="cid:mill@x"><img src="cid:other@x">\r\n'
    b"--b\r\nContent-Type: image/png\r\nContent-ID: <mill@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\r\n--b--\r\n"
)


@pytest.fixture
def newsletter(inbox: Folder) -> Placement:
    html = (
        '<p onclick="alert(1)">Hello</p><script>alert(2)</script><img src="https://track.example/1.gif"><p hx-get="/bulk/">x</p>'
    )
    return lay(inbox, letter("Issue 48", text=html, Content_Type="text/html; charset=utf-8"))


def test_its_policy_is_exactly_this(browser: Client, newsletter: Placement) -> None:
    answer = browser.get(f"/l/{newsletter.message_id}/body")
    assert answer["Content-Security-Policy"] == POLICY.format(pk=newsletter.message_id)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cross-Origin-Resource-Policy"] == "same-site"
    assert answer["Cache-Control"] == "no-store"


def test_nothing_in_it_acts_or_fetches(browser: Client, newsletter: Placement) -> None:
    page = browser.get(f"/l/{newsletter.message_id}/body").content.decode()
    assert "<p>Hello</p>" in page
    for danger in ("onclick", "<script", "track.example", "hx-get"):
        assert danger not in page


def test_the_page_frames_it_without_scripts_and_counts_what_is_blocked(browser: Client, newsletter: Placement) -> None:
    page = browser.get(f"/t/{newsletter.message.thread_id}/").content.decode()
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
    assert f'src="/l/{newsletter.message_id}/body"' in page
    assert "1 picture not loaded." in page
    assert "track.example" not in page


def test_a_picture_comes_from_the_same_letter_only(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, PICTURE)
    page = browser.get(f"/l/{placement.message_id}/body").content.decode()
    assert f'src="/l/{placement.message_id}/part/2?show"' in page
    assert "other@x" not in page


def test_a_letter_without_html_has_no_body_page(browser: Client, inbox: Folder) -> None:
    assert browser.get(f"/l/{lay(inbox, 'Plain').message_id}/body").status_code == 404


def test_the_house_itself_can_be_framed_by_nobody(browser: Client, inbox: Folder) -> None:
    policy = browser.get("/")["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
