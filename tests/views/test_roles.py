"""What a role does not reach is not on the page: no tool, no key and no line of the palette would only be refused."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Bulk, Folder, Mailbox
from tests.views.conftest import HTMX, flat, lay, letter, row_of, signed_in

pytestmark = pytest.mark.django_db
FILING = ("/archive?", "/trash?", "/star?", "/read?on=0", "move-menu", "snooze-menu", "more-menu", 'data-do="split"')
PICKING = ('class="pick"', "data-bulk", 'id="row-tools"', "dock-bulk", "snooze-rows")
WRITING = ('data-do="write"', 'data-do="reply"', 'data-do="forward"')


def pages(client: Client, inbox: Folder) -> tuple[str, str]:
    """The list of the folder, and the conversation in it."""
    first = lay(inbox, letter("Pickles", Message_ID="<1@hamburger.edu>"))
    lay(inbox, letter("Re: Pickles", In_Reply_To="<1@hamburger.edu>"))
    return flat(client.get(f"/f/{inbox.pk}/")), flat(client.get(f"/t/{first.message.thread_id}/?in={inbox.pk}", **HTMX))


def as_role(mailbox: Mailbox, person: User, role: str) -> Client:
    Access.objects.create(mailbox=mailbox, user=person, role=role)
    return signed_in(person)


@pytest.mark.parametrize(("role", "files", "writes"), [("read", 0, 0), ("send", 0, 1), ("full", 1, 1)])
def test_the_tools_of_a_role(alices: Mailbox, inbox: Folder, bob: User, role: str, files: int, writes: int) -> None:
    listed, opened = pages(as_role(alices, bob, role), inbox)
    assert [tool in opened for tool in FILING] == [bool(files)] * len(FILING)
    assert [tool in listed for tool in PICKING] == [bool(files)] * len(PICKING)
    assert all((tool in listed + opened) is bool(writes) for tool in WRITING)


def test_beside_ones_own_mailbox_only_the_other_rows_are_fixed(alices: Mailbox, inbox: Folder, bobs: Mailbox, bob: User) -> None:
    client = as_role(alices, bob, "read")
    read_only, own = lay(inbox, "Pickles"), lay(bobs.folders.get(role="inbox"), "Ketchup")
    page = flat(client.get("/"))
    assert f'value="{row_of(own)}"' in page
    assert (f'value="{row_of(read_only)}"' in page, f'id="t{row_of(read_only)}"' in page) == (False, True)


def test_a_deed_for_the_whole_list_leaves_what_may_only_be_read(alices: Mailbox, inbox: Folder, bobs: Mailbox, bob: User) -> None:
    client = as_role(alices, bob, "read")
    lay(inbox, "Pickles")
    own = lay(bobs.folders.get(role="inbox"), "Ketchup")
    client.post("/bulk/?list=inbox", {"every": "1", "do": "archive", "t": row_of(own)}, **HTMX)
    assert Bulk.objects.get().letters == [own.pk]


def test_a_deed_for_a_list_that_may_only_be_read_is_refused(alices: Mailbox, inbox: Folder, bob: User) -> None:
    client, found = as_role(alices, bob, "read"), lay(inbox, "Pickles")
    answer = client.post(f"/bulk/?list=f{inbox.pk}", {"every": "1", "do": "archive", "t": row_of(found)}, **HTMX)
    assert (answer.status_code, Bulk.objects.exists()) == (403, False)


def test_the_findings_of_a_search_are_fixed_too(alices: Mailbox, inbox: Folder, bob: User) -> None:
    client = as_role(alices, bob, "read")
    lay(inbox, "Pickles")
    page = flat(client.get("/search/?q=pickles"))
    assert ("<mark>Pickles</mark>" in page, 'class="pick"' in page) == (True, False)


@pytest.mark.parametrize(("role", "shown"), [("read", False), ("full", True)])
def test_folders_that_may_only_be_read_have_no_forms(alices: Mailbox, bob: User, role: str, shown: bool) -> None:
    client = as_role(alices, bob, role)
    Folder.objects.create(mailbox=alices, name="Travel", wire_name="Travel", uidvalidity=1, backfill_low_uid=0)
    page = flat(client.get("/folders/"))
    assert ("Make folder" in page, "/rename/" in page) == (shown, shown)


def test_who_has_no_mailbox_yet_is_led_to_one(bobs_browser: Client) -> None:
    assert 'data-do="write"' in flat(bobs_browser.get("/"))
