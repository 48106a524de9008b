"""Opening a conversation."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Flag, Folder, Mailbox, Placement
from tests.views.conftest import HTMX, SEEN, flat, lay, letter, row_of


def url(placement: Placement, query: str = "") -> str:
    return f"/t/{placement.message.thread_id}/?in={placement.folder_id}{query}"


@pytest.fixture
def seven(inbox: Folder) -> list[Placement]:
    """A conversation of seven letters, all read."""
    return [
        lay(
            inbox,
            letter(
                "Re: Ketchup" if number else "Ketchup", text=f"Thought {number}", Message_ID=f"<{number}@x>", References="<0@x>"
            ),
            minutes=60 - number,
            flags=SEEN,
        )
        for number in range(7)
    ]


def test_it_stands_beside_its_list(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup")
    page = flat(browser.get(url(placement)))
    assert '<h2 id="subject" tabindex="-1">Ketchup</h2>' in page
    assert 'data-view="reader"' in page
    assert f'id="t{row_of(placement)}"' in page
    assert 'aria-current="true"' in page


def test_htmx_gets_the_reader_alone(browser: Client, inbox: Folder) -> None:
    page = browser.get(url(lay(inbox, "Ketchup")), **HTMX).content.decode()
    assert page.startswith("<title>Ketchup")
    assert "<html" not in page


def test_opening_marks_it_as_read_here_and_later_there(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup")
    page = flat(browser.get(url(placement), **HTMX))
    placement.refresh_from_db()
    assert placement.flags & Flag.SEEN
    assert placement.message.changes.get().args["flag"] == Flag.SEEN
    assert f'<li class="row" id="t{row_of(placement)}"' in page  # its row comes along, no longer unread


def test_a_browser_that_only_looks_ahead_marks_nothing(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup")
    browser.get(url(placement), HTTP_SEC_PURPOSE="prefetch")
    placement.refresh_from_db()
    assert placement.flags == 0


def test_somebody_who_may_only_read_leaves_no_mark(browser: Client, alice: User, bobs: Mailbox) -> None:
    Access.objects.create(mailbox=bobs, user=alice, role="read")
    placement = lay(bobs.folders.get(role="inbox"), "Shared")
    assert browser.get(url(placement)).status_code == 200
    placement.refresh_from_db()
    assert placement.flags == 0


@pytest.mark.parametrize("path", ["/t/{thread}/", "/l/{letter}/", "/l/{letter}/body", "/l/{letter}/source", "/l/{letter}/part/1"])
def test_a_stranger_finds_none_of_it(stranger: Client, bobs_browser: Client, inbox: Folder, path: str) -> None:
    placement = lay(inbox, letter("Private", Content_Type="text/html", text="<p>secret"))
    address = path.format(thread=placement.message.thread_id, letter=placement.message_id)
    assert stranger.get(address).status_code == 404
    assert bobs_browser.get(address).status_code == 404


def test_the_newest_letter_is_open_and_the_others_are_folded(browser: Client, seven: list[Placement]) -> None:
    page = flat(browser.get(url(seven[0])))
    assert page.count("<details open>") == 1
    assert "<p>Thought 6</p>" in page
    assert "<p>Thought 5</p>" not in page


def test_letters_in_the_middle_are_tied_into_a_knot(browser: Client, seven: list[Placement]) -> None:
    page = flat(browser.get(url(seven[0])))
    assert "Show 3 earlier letters" in page
    assert page.count('<li class="msg"') == 4


def test_the_knot_can_be_untied(browser: Client, seven: list[Placement]) -> None:
    page = flat(browser.get(url(seven[0], "&all")))
    assert page.count('<li class="msg"') == 7


def test_a_letter_that_is_new_is_open_wherever_it_stands(browser: Client, seven: list[Placement]) -> None:
    Placement.objects.filter(pk=seven[2].pk).update(flags=0)
    assert "<p>Thought 2</p>" in flat(browser.get(url(seven[0])))


def test_without_script_a_folded_letter_opens_by_its_link(browser: Client, seven: list[Placement]) -> None:
    page = flat(browser.get(url(seven[0], f"&open={seven[5].message_id}")))
    assert "<p>Thought 5</p>" in page


def test_one_folded_letter_comes_alone(browser: Client, seven: list[Placement]) -> None:
    page = flat(browser.get(f"/l/{seven[3].message_id}/", **HTMX))
    assert page.startswith('<div class="msg-body">')
    assert "<p>Thought 3</p>" in page


def test_letters_of_other_folders_belong_to_it(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    mine = letter("Ketchup", sender="alice@crepes.fr", text="Do you like it?", Message_ID="<q@x>")
    lay(alices.folders.get(role="sent"), mine, minutes=5, flags=SEEN)
    answer = lay(inbox, letter("Re: Ketchup", Message_ID="<a@x>", References="<q@x>"))
    page = flat(browser.get(url(answer)))
    assert page.count('<li class="msg"') == 2
    assert "2 letters between Bob Marlow and you" in page


def test_what_was_thrown_away_is_only_seen_from_the_trash(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    kept = lay(inbox, letter("Ketchup", Message_ID="<q@x>"), minutes=5)
    thrown = lay(alices.folders.get(role="trash"), letter("Re: Ketchup", Message_ID="<a@x>", References="<q@x>"))
    assert flat(browser.get(url(kept))).count('<li class="msg"') == 1
    assert flat(browser.get(url(thrown))).count('<li class="msg"') == 2


def test_a_conversation_that_has_left_the_folder_is_shown_where_it_lies(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    placement = lay(alices.folders.get(role="archive"), "Filed away")
    assert browser.get(f"/t/{placement.message.thread_id}/?in={inbox.pk}").status_code == 200


def test_one_whose_letters_are_all_gone_is_not_found(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Ketchup")
    Placement.objects.update(gone_at=placement.sort_at)
    assert browser.get(url(placement)).status_code == 404


def test_what_is_quoted_is_folded(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, letter("Re: Ketchup", text="Pickles.\n\nOn Monday Alice wrote:\n> Ketchup?\n> Or not?\n"))
    page = flat(browser.get(url(placement)))
    assert page.index("<p>Pickles.</p>") < page.index('<details class="quoted">') < page.index("Ketchup?<br>Or not?")


def test_a_letter_is_text_not_markup(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, letter("<b>x</b>", text="<script>alert(1)</script>"))
    page = flat(browser.get(url(placement)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>x</b>" not in page


def test_bytes_that_are_no_letter_are_shown_as_damaged(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, b"\x00\xff\xfe this is no letter at all")
    page = flat(browser.get(url(placement)))
    assert "This letter is damaged." in page
    assert f"/l/{placement.message_id}/source" in page
