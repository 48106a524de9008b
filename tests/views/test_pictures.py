"""Pictures at other hosts: a person asks, a worker fetches, the frame shows our copies."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Folder, Placement, RemotePicture, Welcome
from mailbox.sync import pictures
from mailbox.wire import Guard
from tests.fakes.web import Web, web_server
from tests.mime.test_pictures import JPEG, PNG
from tests.views.conftest import flat, lay, letter, signed_in

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PASSED = "mx.crepes.fr; dkim=pass header.d=brine.example; dmarc=pass header.from=brine.example"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Web]:
    monkeypatch.setattr(pictures, "GUARD", Guard(allow=("127.0.0.0/8",)))
    settings.AUTHSERV_IDS = {"imap.invalid": {"mx.crepes.fr"}}
    with web_server({"/a.jpg": (200, {}, JPEG), "/pixel.png": (200, {}, PNG), "/x.svg": (200, {}, SVG)}) as server:
        yield server


@pytest.fixture
def newsletter(inbox: Folder, web: Web) -> Placement:
    html = "".join(f'<img src="{web.url(path)}">' for path in ("/a.jpg", "/pixel.png", "/x.svg", "/gone.gif"))
    more = {"Content_Type": "text/html", "Authentication_Results": PASSED}
    return lay(inbox, letter("Issue 48", sender="The Brine <letters@brine.example>", text=html, **more))


def ask(browser: Client, placement: Placement, **data: str) -> str:
    return flat(browser.post(f"/l/{placement.message_id}/pictures", data, headers={"HX-Request": "true"}))


def shown(browser: Client, placement: Placement) -> str:
    return flat(browser.get(f"/l/{placement.message_id}/"))


def test_c33_opening_fetches_nothing(browser: Client, newsletter: Placement, web: Web) -> None:
    assert "4 pictures not loaded." in shown(browser, newsletter)
    browser.get(f"/l/{newsletter.message_id}/body")
    pictures.fetch(newsletter.message_id)
    pictures.sweep()
    assert web.asked == []


def test_asked_for_they_are_fetched_and_shown(browser: Client, newsletter: Placement, web: Web) -> None:
    assert "being fetched" in ask(browser, newsletter)
    pictures.fetch(newsletter.message_id)
    frame = browser.get(f"/l/{newsletter.message_id}/body")
    assert f'src="/l/{newsletter.message_id}/picture/1"' in frame.content.decode()
    assert "127.0.0.1" not in frame.content.decode()
    assert f"img-src data: http://testserver/l/{newsletter.message_id}/part/ " in frame["Content-Security-Policy"]
    assert f"http://testserver/l/{newsletter.message_id}/picture/;" in frame["Content-Security-Policy"]


def test_c36_a_copy_is_what_its_bytes_say(browser: Client, newsletter: Placement) -> None:
    ask(browser, newsletter)
    pictures.fetch(newsletter.message_id)
    copy = browser.get(f"/l/{newsletter.message_id}/picture/1")
    assert (copy.content, copy["Content-Type"], copy["X-Content-Type-Options"]) == (JPEG, "image/jpeg", "nosniff")
    for number in (2, 3, 4):
        assert browser.get(f"/l/{newsletter.message_id}/picture/{number}").status_code == 404


def test_c38_tracking_pixels_are_named(browser: Client, newsletter: Placement) -> None:
    ask(browser, newsletter)
    pictures.fetch(newsletter.message_id)
    page = shown(browser, newsletter)
    assert "1 tracking pixel from 127.0.0.1 is left out." in page
    assert "2 could not be fetched." in page


def test_asking_twice_fetches_once(browser: Client, newsletter: Placement, web: Web) -> None:
    for _ in range(2):
        ask(browser, newsletter)
        pictures.fetch(newsletter.message_id)
    assert [line for line, _, _ in web.asked].count("GET /a.jpg") == 1
    assert [line for line, _, _ in web.asked].count("GET /gone.gif") == 2  # that one failed before


def test_always_for_a_sender(browser: Client, alice: User, newsletter: Placement) -> None:
    ask(browser, newsletter, always="1")
    assert Welcome.objects.get(user=alice).address == "letters@brine.example"
    RemotePicture.objects.all().delete()
    assert 'hx-trigger="load, submit"' in shown(browser, newsletter)
    ask(browser, newsletter, always="0")
    assert not Welcome.objects.exists()


def test_c37_not_for_who_only_says_so(browser: Client, alice: User, inbox: Folder, web: Web) -> None:
    Welcome.objects.create(user=alice, address="letters@brine.example")
    html = f'<img src="{web.url("/a.jpg")}">'
    spoofed = lay(inbox, letter("Spoofed", sender="letters@brine.example", text=html, Content_Type="text/html"))
    page = shown(browser, spoofed)
    assert "1 picture not loaded." in page
    assert "load, submit" not in page
    assert "Always for" not in page


def test_c35_a_stranger_gets_nothing(charlie: User, browser: Client, newsletter: Placement) -> None:
    ask(browser, newsletter)
    pictures.fetch(newsletter.message_id)
    stranger = signed_in(charlie)
    assert stranger.get(f"/l/{newsletter.message_id}/picture/1").status_code == 404
    assert stranger.post(f"/l/{newsletter.message_id}/pictures").status_code == 404


def test_without_script_the_conversation_is_shown_again(browser: Client, newsletter: Placement) -> None:
    answer = browser.post(f"/l/{newsletter.message_id}/pictures")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/t/{newsletter.message.thread_id}/?open={newsletter.message_id}")
