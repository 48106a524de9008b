"""The frame around the pages: folders with their numbers, and how the mirror is doing."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Draft, Folder, Mailbox
from tests.conftest import make_mailbox
from tests.views.conftest import HTMX, SEEN, flat, lay


def test_the_folders_come_alone_with_their_numbers(browser: Client, inbox: Folder) -> None:
    lay(inbox, "New")
    page = flat(browser.get("/places/?here=inbox", **HTMX))
    assert page.startswith('<nav id="places"')
    assert '<span class="n">1<span class="vh"> unread</span></span>' in page
    assert 'title="Inbox" data-unread aria-current="page"' in page


def test_their_stamp_changes_when_a_letter_comes_or_is_read(browser: Client, inbox: Folder) -> None:
    def stamp() -> str:
        return flat(browser.get("/places/")).partition('data-stamp="')[2].partition('"')[0]

    empty = stamp()
    placement = lay(inbox, "New")
    unread = stamp()
    browser.get(f"/t/{placement.message.thread_id}/")
    assert len({empty, unread, stamp()}) == 3


def test_one_mailbox_is_one_list_of_folders(browser: Client, alices: Mailbox) -> None:
    page = flat(browser.get("/places/"))
    assert "alice@crepes.fr" not in page
    assert page.count('title="Inbox"') == 1


def test_several_stand_under_their_addresses(browser: Client, alice: User, alices: Mailbox) -> None:
    shop = make_mailbox(User.objects.create_user("commandes@crepes.fr"))
    Access.objects.create(mailbox=shop, user=alice)
    page = flat(browser.get("/places/"))
    assert page.index("alice@crepes.fr") < page.index("commandes@crepes.fr")
    assert page.count('title="Inbox"') == 3


def test_letters_being_written_are_counted(browser: Client, alice: User, alices: Mailbox) -> None:
    Draft.objects.create(user=alice, mailbox=alices, key="00000000-0000-0000-0000-000000000001", subject="Half a thought")
    assert '<span>Drafts</span><span class="n">1</span>' in flat(browser.get("/places/"))
    assert "Half a thought" in flat(browser.get("/drafts/"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ok", "Up to date"),
        ("importing", "Fetching your mail"),
        ("trouble", "A server cannot be reached"),
        ("sign_in", "A mailbox needs its password"),
    ],
)
def test_the_worst_news_is_said_in_a_few_words(browser: Client, alices: Mailbox, state: str, words: str) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(state=state)
    assert words in flat(browser.get("/"))


def test_what_is_wrong_comes_alone_too(browser: Client, alices: Mailbox) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(state="trouble", trouble="imap.crepes.fr does not answer.")
    assert "imap.crepes.fr does not answer." in flat(browser.get("/state/", **HTMX))


def test_nothing_is_said_where_all_is_well(browser: Client, alices: Mailbox) -> None:
    assert "notice" not in flat(browser.get("/state/", **HTMX))


def test_the_import_names_its_folders(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    Mailbox.objects.filter(pk=alices.pk).update(state="importing")
    lay(inbox, "Newest", flags=SEEN)
    Folder.objects.filter(pk=inbox.pk).update(server_messages=48210, backfill_low_uid=700)
    page = flat(browser.get("/importing/", **HTMX))
    assert "Bringing your mail over" in page
    assert "1 of 48,210" in page


@pytest.mark.parametrize("path", ["/places/", "/state/", "/importing/", "/starred/", "/drafts/"])
def test_a_stranger_sees_nothing_of_it(stranger: Client, alices: Mailbox, inbox: Folder, path: str) -> None:
    lay(inbox, "Private", flags=4)
    Mailbox.objects.filter(pk=alices.pk).update(state="trouble", trouble="Private trouble")
    page = flat(stranger.get(path))
    assert "Private" not in page
    assert "alice@crepes.fr" not in page
