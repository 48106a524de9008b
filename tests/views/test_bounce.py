"""A letter that came back, said in words."""

from django.test import Client

from mailbox.models import Folder
from tests.views.conftest import flat, lay

BOUNCE = b"""From: MAILER-DAEMON@crepes.fr\r
Subject: Undelivered Mail Returned to Sender\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
\r
I am sorry.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.crepes.fr\r
\r
Final-Recipient: rfc822; camile@hamburger.edu\r
Action: failed\r
Status: 5.1.1\r
Remote-MTA: dns; mx.hamburger.edu\r
Diagnostic-Code: smtp; 550 5.1.1 <camile@hamburger.edu>: <b>User unknown</b>\r
--b--\r
"""


def shown(browser: Client, inbox: Folder, raw: bytes) -> str:
    return flat(browser.get(f"/t/{lay(inbox, raw).message.thread_id}/"))


def test_it_says_who_did_not_get_it_and_why(browser: Client, inbox: Folder) -> None:
    page = shown(browser, inbox, BOUNCE)
    assert "<strong>Not delivered to camile@hamburger.edu.</strong> There is no mailbox called camile@hamburger.edu." in page


def test_the_servers_own_words_stand_below_it_as_text(browser: Client, inbox: Folder) -> None:
    assert "&lt;b&gt;User unknown&lt;/b&gt;</p>" in shown(browser, inbox, BOUNCE)


def test_a_delay_is_no_failure(browser: Client, inbox: Folder) -> None:
    delayed = BOUNCE.replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.4.1")
    page = shown(browser, inbox, delayed)
    assert "Not yet delivered to camile@hamburger.edu." in page
    assert 'data-s="wait"' in page
