"""One folder's list."""

from django.test import Client

from mailbox.models import Folder, Mailbox
from tests.views.conftest import flat, lay, row_of


def test_it_shows_what_lies_in_it(browser: Client, alices: Mailbox) -> None:
    archive = alices.folders.get(role="archive")
    lay(archive, "Filed away")
    page = flat(browser.get(f"/f/{archive.pk}/"))
    assert "Filed away" in page
    assert '<h2 id="list-title">Archive</h2>' in page


def test_its_line_in_the_sidebar_is_the_current_one(browser: Client, alices: Mailbox) -> None:
    archive = alices.folders.get(role="archive")
    page = flat(browser.get(f"/f/{archive.pk}/"))
    assert f'<a href="/f/{archive.pk}/" data-key="f{archive.pk}" title="Archive" aria-current="page" data-go="archive">' in page


def test_a_folder_of_ones_own_goes_by_its_path(browser: Client, alices: Mailbox) -> None:
    Folder.objects.create(mailbox=alices, name="INBOX.Travel.2026", wire_name="INBOX.Travel.2026", delimiter=".")
    assert "Travel / 2026" in flat(browser.get("/"))


def test_a_stranger_does_not_find_it(stranger: Client, inbox: Folder) -> None:
    assert stranger.get(f"/f/{inbox.pk}/").status_code == 404


def test_the_owner_of_another_mailbox_does_not_find_it(bobs_browser: Client, bobs: Mailbox, inbox: Folder) -> None:
    assert bobs_browser.get(f"/f/{inbox.pk}/").status_code == 404


def test_a_folder_that_is_being_deleted_is_gone(browser: Client, alices: Mailbox) -> None:
    folder = Folder.objects.create(mailbox=alices, name="Old", wire_name="Old", leaving=True)
    assert browser.get(f"/f/{folder.pk}/").status_code == 404


def test_sent_letters_name_whom_they_went_to(browser: Client, alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nTo: Bob Marlow <bob@hamburger.edu>\r\nSubject: Ketchup\r\n\r\nDear Bob\r\n"
    placement = lay(alices.folders.get(role="sent"), raw)
    page = flat(browser.get(f"/f/{placement.folder_id}/"))
    assert "To Bob Marlow" in page
    assert f'value="{row_of(placement)}"' in page


def test_starred_gathers_them_from_everywhere(browser: Client, alices: Mailbox) -> None:
    lay(alices.folders.get(role="archive"), "Kept", flags=4)
    lay(alices.folders.get(role="trash"), "Thrown away", flags=4)
    page = flat(browser.get("/starred/"))
    assert "Kept" in page
    assert "Thrown away" not in page


def test_drafts_show_what_lies_on_the_server(browser: Client, alices: Mailbox) -> None:
    lay(alices.folders.get(role="drafts"), "Half a thought", flags=16)
    assert "Half a thought" in flat(browser.get("/drafts/"))
