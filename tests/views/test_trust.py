"""Who sent it: a mark only on the word of the person's own server, a plate where the domain denies it."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Change, Folder, Placement
from mailbox.sync import reporting
from tests.views.conftest import HTMX, flat, lay, letter

PASSED = "mx.crepes.fr; dkim=pass header.d=hamburger.edu; spf=pass smtp.mailfrom=hamburger.edu; dmarc=pass"
FAILED = "mx.crepes.fr; dkim=none; dmarc=fail header.from=hamburger.edu"
LINK = "See https://evil.example/confirm now."


@pytest.fixture(autouse=True)
def believed(settings: Settings) -> None:
    settings.AUTHSERV_IDS = {"imap.invalid": {"mx.crepes.fr"}}


def page(browser: Client, inbox: Folder, **more: str) -> str:
    return flat(browser.get(f"/l/{lay(inbox, letter('Pickles', **more)).message_id}/"))


def test_really_from_the_domain(browser: Client, inbox: Folder) -> None:
    shown = page(browser, inbox, Authentication_Results=PASSED)
    assert "Really from hamburger.edu" in shown
    assert "Signed by hamburger.edu" in shown
    assert "Sent from a server that hamburger.edu allows" in shown


def test_c72_on_the_word_of_another_server_there_is_no_mark(browser: Client, inbox: Folder) -> None:
    shown = page(browser, inbox, Authentication_Results=PASSED.replace("mx.crepes.fr", "mx.hamburger.edu"))
    assert "trust" not in shown


def test_denied_there_is_a_plate_and_no_link(browser: Client, inbox: Folder) -> None:
    shown = page(browser, inbox, Authentication_Results=FAILED, text=LINK)
    assert 'class="plate" role="alert"' in shown
    assert "evil.example/confirm" in shown
    assert 'href="https://evil' not in shown


def test_denied_the_frame_has_no_link_either(browser: Client, inbox: Folder) -> None:
    html = '<a href="https://evil.example/">Confirm</a><img src="https://evil.example/seen.gif">'
    placement = lay(inbox, letter("Bank", text=html, Content_Type="text/html", Authentication_Results=FAILED))
    frame = browser.get(f"/l/{placement.message_id}/body").content.decode()
    assert "Confirm" in frame
    assert "href" not in frame
    assert "Show pictures" not in flat(browser.get(f"/l/{placement.message_id}/"))


def test_c73_a_name_dressed_up_as_an_address(browser: Client, inbox: Folder) -> None:
    shown = page(browser, inbox, sender='"bob@hamburger.edu" <eve@evil.example>')
    assert "The name says bob@hamburger.edu, but the letter comes from eve@evil.example." in shown


def test_c76_answers_that_go_elsewhere(browser: Client, inbox: Folder) -> None:
    assert "An answer goes to another address: eve@evil.example." in page(browser, inbox, Reply_To="Bob <eve@evil.example>")
    assert "another address" not in page(browser, inbox, Reply_To="Bob <office@hamburger.edu>")


@pytest.mark.parametrize("kind", ["multipart/signed", "application/pkcs7-mime", "multipart/encrypted"])
def test_c75_a_signature_in_the_letter_is_no_mark(browser: Client, inbox: Folder, kind: str) -> None:
    assert "Really from" not in page(browser, inbox, Content_Type=f"{kind}; protocol=application/pgp-signature; boundary=b")


def test_denied_one_press_reports_it_and_puts_it_away(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, letter("Bank", Authentication_Results=FAILED))
    assert "Report and delete" in flat(browser.get(f"/l/{placement.message_id}/"))
    told = browser.post(f"/l/{placement.message_id}/report", **HTMX)
    assert f"{placement.message.thread_id}-{inbox.pk}" in told["HX-Trigger"]
    assert Placement.objects.live().get().folder.role == "junk"
    marks = Change.objects.filter(kind="keyword").values_list("args__keyword", "args__on")
    assert list(marks) == [("$Phishing", True)]


def test_a_report_is_taken_back_as_one(browser: Client, alice: User, inbox: Folder) -> None:
    placement = lay(inbox, letter("Bank", Authentication_Results=FAILED))
    done = reporting.report(alice, Placement.objects.filter(pk=placement.pk))
    browser.post("/undo/", {"token": done.token}, **HTMX)
    lying = Placement.objects.live().get()
    assert (lying.folder, lying.keywords) == (inbox, [])
    assert "Spam or Trash already" not in flat(browser.post(f"/l/{placement.message_id}/report", **HTMX))
    assert "Spam or Trash already" in flat(browser.post(f"/l/{placement.message_id}/report", **HTMX))
