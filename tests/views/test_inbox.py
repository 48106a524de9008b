"""The unified inbox: what a person sees first."""

from django.test import Client

from accounts.models import User
from mailbox.models import Access, Flag, Folder, Mailbox
from tests.conftest import make_mailbox
from tests.views.conftest import HTMX, SEEN, flat, lay, row_of


def test_it_shows_the_newest_conversation_first(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Older", minutes=9)
    lay(inbox, "Newer", minutes=1)
    page = flat(browser.get("/"))
    assert 0 < page.index("Newer") < page.index("Older")


def test_it_gathers_the_inboxes_of_all_mailboxes(browser: Client, alice: User, inbox: Folder) -> None:
    shop = make_mailbox(User.objects.create_user("commandes@crepes.fr"))
    Access.objects.create(mailbox=shop, user=alice)
    lay(inbox, "To Alice")
    lay(shop.folders.get(role="inbox"), "To the shop")
    page = flat(browser.get("/"))
    assert "To Alice" in page
    assert "To the shop" in page


def test_it_leaves_other_folders_out(browser: Client, alices: Mailbox) -> None:
    lay(alices.folders.get(role="archive"), "Filed away")
    assert "Filed away" not in flat(browser.get("/"))


def test_it_shows_nothing_to_a_stranger(stranger: Client, inbox: Folder) -> None:
    lay(inbox, "Private")
    assert "Private" not in stranger.get("/").content.decode()


def test_it_sends_somebody_who_is_signed_out_to_the_door(client: Client, db: None) -> None:
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_an_unread_conversation_says_so(browser: Client, inbox: Folder) -> None:
    row = row_of(lay(inbox, "New"))
    page = flat(browser.get("/"))
    assert f'id="t{row}"' in page
    assert page.count(" data-unread") == 2  # its row and the line in the sidebar
    assert "<title>Inbox (1)" in page


def test_a_read_conversation_is_quiet(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Read", flags=SEEN)
    assert " data-unread" not in flat(browser.get("/"))


def test_it_can_show_only_the_unread(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Known", flags=SEEN)
    lay(inbox, "Unknown")
    page = flat(browser.get("/", {"show": "unread"}))
    assert "Unknown" in page
    assert "Known<" not in page


def test_it_can_show_only_the_starred(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Plain")
    lay(inbox, "Dear", flags=int(Flag.FLAGGED))
    page = flat(browser.get("/", {"show": "starred"}))
    assert "Dear" in page
    assert "Plain" not in page


def test_htmx_gets_the_pane_alone(browser: Client, inbox: Folder) -> None:
    lay(inbox, "Hello")
    page = flat(browser.get("/", **HTMX))
    assert page.startswith('<section class="pane list"')
    assert "<html" not in page


def test_going_back_gets_the_whole_page(browser: Client, inbox: Folder) -> None:
    page = flat(browser.get("/", HTTP_HX_HISTORY_RESTORE_REQUEST="true", **HTMX))
    assert "<html" in page


def test_it_is_kept_by_no_cache_and_never_taken_for_the_fragment(browser: Client, inbox: Folder) -> None:
    answer = browser.get("/")
    assert answer["Cache-Control"] == "no-store"
    assert "HX-Request" in answer["Vary"]


def test_an_empty_inbox_is_good_news(browser: Client, inbox: Folder) -> None:
    assert "All read, all answered" in flat(browser.get("/"))


def test_without_a_mailbox_it_offers_to_add_one(stranger: Client) -> None:
    page = stranger.get("/").content.decode()
    assert "No mailbox yet" in page
    assert "/mailboxes/add/" in page


def test_the_first_import_shows_how_far_it_is(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(state="importing")
    Folder.objects.filter(pk=inbox.pk).update(server_messages=48210, live=12480, backfill_low_uid=700)
    page = flat(browser.get("/"))
    assert "Importing your mail" in page
    assert 'max="48210" value="12480"' in page
    assert "12,480 of 48,210" in page


def test_a_mailbox_in_trouble_says_what_is_wrong(browser: Client, alices: Mailbox) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(state="sign_in", trouble="The server refused the password.")
    page = flat(browser.get("/"))
    assert "The server refused the password." in page
    assert f"/mailboxes/{alices.pk}/" in page


def test_names_and_subjects_are_text(browser: Client, inbox: Folder) -> None:
    raw = (
        b"From: =?utf-8?q?=3Cscript=3Ealert=281=29?= <x@y.example>\r\nSubject: <img src=x onerror=alert(1)>\r\n\r\n<b>hi</b>\r\n"
    )
    lay(inbox, raw)
    page = flat(browser.get("/"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_somebody_who_shares_the_mailbox_sees_it_too(browser: Client, alice: User, bobs: Mailbox) -> None:
    Access.objects.create(mailbox=bobs, user=alice, role="read")
    lay(bobs.folders.get(role="inbox"), "Shared")
    assert "Shared" in flat(browser.get("/"))
