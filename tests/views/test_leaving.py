"""A person leaves a mailing list: by one click where its sender is proved, else by a letter or on a page."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mailbox.models import Farewell, Folder, Placement
from mailbox.sync import leaving
from mailbox.wire import Guard
from tests.fakes.web import Web, web_server
from tests.views.conftest import flat, lay, letter

PASSED = "mx.crepes.fr; dkim=pass header.d=brine.example; dmarc=pass header.from=brine.example"
ADDRESS = "https://brine.example/leave?u=7"


@pytest.fixture(autouse=True)
def believed(settings: Settings) -> None:
    settings.AUTHSERV_IDS = {"imap.invalid": {"mx.crepes.fr"}}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Stands where brine.example is."""
    with web_server({"/leave": (200, {}, b""), "/moved": (302, {"Location": "/leave"}, b"")}) as server:
        monkeypatch.setattr(leaving, "GUARD", Guard(allow=("127.0.0.0/8",)))
        monkeypatch.setattr(leaving, "one_click", lambda message: server.url("/leave"))
        yield server


def newsletter(inbox: Folder, results: str = PASSED, addresses: str = f"<{ADDRESS}>") -> Placement:
    more = {"List_Unsubscribe": addresses, "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}
    return lay(inbox, letter("Issue 48", sender="The Brine <letters@brine.example>", Authentication_Results=results, **more))


def page(browser: Client, placement: Placement) -> str:
    return flat(browser.get(f"/l/{placement.message_id}/"))


def test_c154_one_click(browser: Client, inbox: Folder, web: Web) -> None:
    placement = newsletter(inbox)
    answer = flat(browser.post(f"/l/{placement.message_id}/unsubscribe", headers={"HX-Request": "true"}))
    assert "Leaving the list." in answer
    leaving.say(placement.message_id)
    assert "You left The Brine." in page(browser, placement)
    assert [(line, body) for line, _, body in web.asked] == [("POST /leave", b"List-Unsubscribe=One-Click")]


def test_c33_nothing_is_said_before_the_click(browser: Client, inbox: Folder, web: Web) -> None:
    placement = newsletter(inbox)
    assert "Unsubscribe" in page(browser, placement)
    leaving.say(placement.message_id)
    leaving.sweep()
    assert web.asked == []


def test_said_once_is_enough(browser: Client, inbox: Folder, web: Web) -> None:
    placement = newsletter(inbox)
    for _ in range(2):
        browser.post(f"/l/{placement.message_id}/unsubscribe")
        leaving.say(placement.message_id)
    assert len(web.asked) == 1


def test_a_server_that_does_not_take_it(browser: Client, inbox: Folder, web: Web) -> None:
    web.pages = {}
    placement = newsletter(inbox)
    browser.post(f"/l/{placement.message_id}/unsubscribe")
    leaving.say(placement.message_id)
    assert Farewell.objects.get().state == "failed"
    assert "did not take the farewell" in page(browser, placement)
    assert "Unsubscribe at brine.example" in page(browser, placement)


def test_c154_without_a_valid_signature_it_is_opened_in_the_browser(browser: Client, inbox: Folder) -> None:
    placement = newsletter(inbox, results="mx.crepes.fr; dkim=none")
    assert "Unsubscribe at brine.example" in page(browser, placement)
    assert browser.post(f"/l/{placement.message_id}/unsubscribe").status_code == 404


def test_by_letter_the_sheet_shows_what_will_be_sent(browser: Client, inbox: Folder) -> None:
    placement = newsletter(inbox, results="", addresses="<mailto:leave@brine.example?subject=leave>")
    assert 'href="/write/?to=leave%40brine.example&amp;subject=leave&amp;text="' in page(browser, placement)


def test_a_letter_of_no_list_offers_nothing(browser: Client, inbox: Folder) -> None:
    assert "Mailing list" not in page(browser, lay(inbox, "Hello"))
