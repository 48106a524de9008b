"""Reading and filing in a real browser: by key, by mouse, by thumb, and while new mail comes in."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from accounts.models import User
from mailbox.models import Flag, Folder, Mailbox, Placement
from mailbox.sync import labelling
from tests.browsing import PHONE, come_in, faults_of, open_page
from tests.views.conftest import SEEN, inbox, lay, letter

__all__ = ["inbox"]  # the fixture

HOSTILE = """<h1 id="subject" onclick="alert(1)">Win</h1><script>alert(2)</script><img src=x onerror=alert(3)>
<svg onload=alert(4)></svg><iframe srcdoc="<script>alert(5)</script>"></iframe><a href="javascript:alert(6)">here</a>
<form action="/bulk/" method="post"><button name="do" value="trash">Go</button></form><p hx-get="/bulk/" hx-trigger="load">x</p>
<div style="position:fixed;inset:0;background:red">over everything</div><style>body{display:none}</style><p>the end</p>"""

RENEW = """new Promise((done) => {
  document.body.addEventListener("renewed", done);
  document.body.dispatchEvent(new Event("renew"));
})"""


@pytest.fixture
def mail(page: Page, site: str, alice: User, inbox: Folder) -> Page:
    """Alice's inbox: three conversations, the newest first."""
    for number, name in enumerate(("Ketchup", "Pickles", "Mustard")):
        lay(inbox, name, minutes=number, flags=SEEN)
    come_in(page, site, alice)
    page.goto(site)
    expect(rows(page)).to_have_count(3)
    return page


def rows(page: Page) -> Locator:
    return page.locator("#rows .row")


def row(page: Page, subject: str) -> Locator:
    return rows(page).filter(has_text=subject)


def open_row(page: Page, subject: str) -> None:
    row(page, subject).locator(".row-link").click()
    expect(page.locator("#subject")).to_have_text(subject)


def where(subject: str) -> str:
    return Placement.objects.live().get(message__subject=subject).folder.role


def listening(page: Page) -> None:
    """The stream is open: nothing that happens from here on is missed."""
    page.wait_for_function("navigator.locks.query().then((locks) => locks.held.length > 0)")


def test_a_conversation_opens_beside_the_list(mail: Page) -> None:
    open_row(mail, "Pickles")
    expect(mail).to_have_title(re.compile("Pickles"))
    expect(mail).to_have_url(re.compile(r"/t/\d+/\?in=\d+&list=inbox"))
    expect(row(mail, "Pickles").locator(".row-link")).to_have_attribute("aria-current", "true")
    mail.go_back()
    expect(mail.locator("#reader .empty")).to_be_visible()
    expect(mail).to_have_title(re.compile("Inbox"))


def test_its_address_shows_the_same_after_a_reload(mail: Page) -> None:
    open_row(mail, "Pickles")
    mail.reload()
    expect(mail.locator("#subject")).to_have_text("Pickles")
    expect(rows(mail)).to_have_count(3)


def test_new_mail_appears_without_a_reload(mail: Page, inbox: Folder) -> None:
    listening(mail)
    lay(inbox, "Relish", minutes=-5)
    expect(rows(mail).first).to_contain_text("Relish")
    expect(rows(mail)).to_have_count(4)
    expect(mail).to_have_title(re.compile(r"Inbox \(1\)"))
    expect(mail.locator("#places [data-go=inbox] .n")).to_contain_text("1")


def test_new_mail_waits_while_rows_are_chosen(mail: Page, inbox: Folder) -> None:
    row(mail, "Pickles").locator(".pick").click()
    listening(mail)
    lay(inbox, "Relish", minutes=-5)
    fresh = mail.get_by_role("button", name="1 new")
    expect(fresh).to_be_visible()
    expect(rows(mail)).to_have_count(3)
    fresh.click()
    expect(rows(mail)).to_have_count(4)


def test_an_answer_joins_the_open_conversation(mail: Page, inbox: Folder) -> None:
    lay(inbox, letter("Galette", Message_ID="<g@x>"), flags=SEEN)
    mail.reload()
    open_row(mail, "Galette")
    listening(mail)
    lay(inbox, letter("Re: Galette", text="With butter.", Message_ID="<h@x>", References="<g@x>"), minutes=-5)
    expect(mail.locator(".thread > .msg")).to_have_count(2)
    expect(mail.locator(".thread .prose").last).to_have_text("With butter.")


def test_a_row_that_changes_while_its_conversation_is_on_the_way_opens_it_whole(mail: Page, inbox: Folder) -> None:
    lay(inbox, letter("Galette", Message_ID="<g@x>"), flags=SEEN)
    mail.reload()
    held: list[Route] = []
    mail.route("**/t/**", lambda route: held.append(route))
    with mail.expect_request("**/t/**"):
        row(mail, "Galette").locator(".row-link").click()
    lay(inbox, letter("Re: Galette", Message_ID="<h@x>", References="<g@x>"), minutes=-5)
    mail.evaluate(RENEW)
    held[0].continue_()
    expect(mail.locator("#subject")).to_have_text("Galette")
    expect(mail.locator("#dock-reply section")).to_have_count(1)
    expect(row(mail, "Galette").locator(".badge")).to_have_text("2")


def test_keys_move_open_and_come_back(mail: Page) -> None:
    mail.keyboard.press("j")
    mail.keyboard.press("j")
    expect(row(mail, "Pickles").locator(".row-link")).to_be_focused()
    mail.keyboard.press("Enter")
    expect(mail.locator("#subject")).to_be_focused()
    mail.keyboard.press("j")
    expect(mail.locator("#subject")).to_have_text("Mustard")
    expect(row(mail, "Mustard").locator(".row-link")).to_be_focused()
    mail.keyboard.press("Escape")
    expect(mail.locator("body")).to_have_attribute("data-view", "list")
    mail.keyboard.press("?")
    expect(mail.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_key_works_where_it_lies_on_the_board_whatever_it_types(mail: Page) -> None:
    press = "(init) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }))"
    mail.evaluate(press, {"key": "ㅓ", "code": "KeyJ"})
    expect(row(mail, "Ketchup").locator(".row-link")).to_be_focused()
    mail.evaluate(press, {"key": "Process", "code": "KeyJ", "isComposing": True})
    expect(row(mail, "Ketchup").locator(".row-link")).to_be_focused()


def test_single_keys_can_be_switched_off(mail: Page, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(keys=False)
    mail.reload()
    mail.keyboard.press("j")
    mail.keyboard.press("?")
    expect(mail.get_by_role("dialog")).to_have_count(0)
    expect(mail.locator("body")).to_be_focused()


def test_archiving_opens_the_next_and_z_takes_it_back(mail: Page) -> None:
    open_row(mail, "Pickles")
    mail.keyboard.press("e")
    expect(mail.locator("#subject")).to_have_text("Mustard")
    expect(rows(mail)).to_have_count(2)
    assert where("Pickles") == "archive"
    mail.keyboard.press("z")
    expect(rows(mail)).to_have_count(3)
    assert where("Pickles") == "inbox"


def test_unread_star_and_delete_from_the_keyboard(mail: Page) -> None:
    mail.keyboard.press("j")
    mail.keyboard.press("u")
    expect(row(mail, "Ketchup")).to_have_attribute("data-unread", "")
    mail.keyboard.press("#")
    expect(rows(mail)).to_have_count(2)
    assert where("Ketchup") == "trash"
    assert not Placement.objects.live().get(message__subject="Ketchup").flags & Flag.SEEN


def test_the_tools_of_a_row_file_it(mail: Page) -> None:
    row(mail, "Mustard").hover()
    row(mail, "Mustard").get_by_role("button", name="Archive").click()
    expect(rows(mail)).to_have_count(2)
    expect(mail.locator(".toast")).to_contain_text("Conversation archived")
    assert where("Mustard") == "archive"


def test_rows_are_dragged_to_a_folder_and_to_the_star(mail: Page) -> None:
    row(mail, "Pickles").locator(".pick").click()
    row(mail, "Mustard").locator(".pick").click()
    row(mail, "Mustard").locator(".row-link").drag_to(mail.locator("#places").get_by_role("link", name="Archive"))
    expect(mail.locator(".toast")).to_contain_text("2 conversations")
    expect(rows(mail)).to_have_count(1)
    row(mail, "Ketchup").locator(".row-link").drag_to(mail.locator("#places").get_by_role("link", name="Starred"))
    expect(row(mail, "Ketchup").locator(".marks .star")).to_be_visible()
    assert where("Pickles") == where("Mustard") == "archive"


def test_a_drop_on_a_label_never_takes_it_away(mail: Page, alice: User) -> None:
    labelling.label(alice, Placement.objects.filter(message__subject="Pickles"), "Suppliers", True)
    mail.reload()
    row(mail, "Pickles").locator(".row-link").drag_to(mail.locator("#places").get_by_role("link", name="Suppliers"))
    expect(mail.locator(".toast")).to_contain_text("Label Suppliers added")
    expect(row(mail, "Pickles").locator(".chip")).to_have_text("Suppliers")


def test_a_drag_that_ends_nowhere_leaves_what_was_chosen(mail: Page) -> None:
    row(mail, "Pickles").locator(".pick").click()
    row(mail, "Mustard").locator(".pick").click()
    row(mail, "Ketchup").locator(".row-link").drag_to(mail.locator("#reader"))
    expect(mail.locator("#picked")).to_have_text("2")
    expect(row(mail, "Ketchup").locator(".pick input")).not_to_be_checked()


def test_a_range_is_chosen_and_filed_together(mail: Page) -> None:
    row(mail, "Ketchup").locator(".pick").click()
    row(mail, "Mustard").locator(".pick").click(modifiers=["Shift"])
    expect(mail.locator("#picked")).to_have_text("3")
    mail.get_by_role("toolbar", name="Chosen conversations").get_by_role("button", name="Archive").first.click()
    expect(mail.locator(".toast")).to_contain_text("3 conversations archived")
    expect(mail.get_by_text("All read, all answered")).to_be_visible()


def test_deleting_for_ever_asks_first(mail: Page, alices: Mailbox) -> None:
    trash = alices.folders.get(role="trash")
    lay(trash, "Old", flags=SEEN)
    mail.goto(f"{mail.url.rstrip('/')}/f/{trash.pk}/")
    row(mail, "Old").hover()
    row(mail, "Old").get_by_role("button", name="Delete for ever").click()
    dialog = mail.get_by_role("dialog", name="This cannot be undone")
    dialog.get_by_role("button", name="Keep").click()
    expect(rows(mail)).to_have_count(1)
    row(mail, "Old").hover()
    row(mail, "Old").get_by_role("button", name="Delete for ever").click()
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(mail.get_by_text("Trash is empty")).to_be_visible()
    assert not Placement.objects.live().filter(folder=trash).exists()


def test_a_hostile_letter_does_nothing_and_covers_nothing(mail: Page, inbox: Folder) -> None:
    dialogs: list[str] = []
    mail.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    lay(inbox, letter("You have won", text=HOSTILE, Content_Type="text/html; charset=utf-8"), flags=SEEN)
    mail.reload()
    open_row(mail, "You have won")
    frame = mail.frame_locator(".sheet iframe")
    expect(frame.get_by_text("the end")).to_be_visible()
    expect(frame.locator("form, script, svg, iframe, [onclick], [hx-get], [id]")).to_have_count(0)
    row(mail, "Pickles").locator(".row-link").click()
    expect(mail.locator("#subject")).to_have_text("Pickles")
    assert dialogs == []


def test_the_frame_is_as_tall_as_its_letter(mail: Page, inbox: Folder) -> None:
    lay(inbox, letter("Long", text="<p>line</p>" * 60, Content_Type="text/html; charset=utf-8"), flags=SEEN)
    mail.reload()
    open_row(mail, "Long")
    fits = "() => { const f = document.querySelector('.sheet iframe'); return f.clientHeight > 900 &&"
    mail.wait_for_function(f"{fits} f.contentDocument.documentElement.scrollHeight <= f.clientHeight }}")


@pytest.mark.parametrize("cells", [2, 9], ids=["laid out by a table", "a table of data"])
def test_a_letter_made_for_wide_screens_fits_a_phone(mail: Page, inbox: Folder, cells: int) -> None:
    html = f'<table width="500"><tr>{"<td>Pickles and more</td>" * cells}</tr></table>'
    lay(inbox, letter("Wide", text=html, Content_Type="text/html; charset=utf-8"), flags=SEEN)
    mail.set_viewport_size(PHONE)
    mail.reload()
    row(mail, "Wide").locator(".row-link").click()
    page = "() => { const page = document.querySelector('.sheet iframe')?.contentDocument?.documentElement;"
    mail.wait_for_function(f"{page} return page?.textContent.includes('Pickles') && page.scrollWidth <= page.clientWidth }}")


def test_on_a_phone_one_pane_follows_the_other(chromium: Browser, site: str, alice: User, inbox: Folder) -> None:
    lay(inbox, "Ketchup", flags=SEEN)
    page = open_page(chromium, viewport=PHONE, has_touch=True, is_mobile=True)
    come_in(page, site, alice)
    page.goto(site)
    row(page, "Ketchup").locator(".row-link").tap()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.get_by_role("link", name="Reply").last).to_be_visible()
    page.get_by_role("link", name="Back to list").tap()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.servers)])
@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE], ids=["wide", "phone"])
def test_everybody_can_use_it(
    chromium: Browser, site: str, alice: User, inbox: Folder, scheme: str, viewport: dict[str, int]
) -> None:
    lay(inbox, "장독대 방문 일정 확인", minutes=3)
    lay(inbox, letter("Issue 48", text="<p>Hello</p><img src='https://x.example/y.png'>", Content_Type="text/html"), flags=5)
    page = open_page(chromium, color_scheme=scheme, viewport=viewport)
    come_in(page, site, alice)
    page.goto(site)
    assert faults_of(page) == []
    row(page, "Issue 48").locator(".row-link").click()
    expect(page.get_by_text("1 picture not loaded.")).to_be_visible()
    assert faults_of(page) == []
    page.context.close()
