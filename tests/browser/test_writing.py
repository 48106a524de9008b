"""Writing in a real browser: chips, keys, Hangul, files, undo, two windows, and a session that ends in the middle."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from zstandard import decompress

from accounts.models import User
from mailbox.mime.read import read_letter
from mailbox.models import Contact, Draft, Mailbox, Outgoing, Recipient
from tests.browsing import PHONE, come_in, complaints_of, faults_of, open_page
from tests.pictures import GIF
from tests.waiting import until

TEXT = "How about pickles?\n김치도 좋아합니다."


@pytest.fixture
def desk(page: Page, site: str, alice: User, alices: Mailbox) -> Page:
    """Alice's inbox with an empty sheet over it."""
    come_in(page, site, alice)
    page.goto(site)
    page.keyboard.press("c")
    expect(page.get_by_label("To", exact=True)).to_be_focused()
    expect(page.locator(".editor.rich")).to_be_visible()
    return page


def kept(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("Kept")


def close(page: Page) -> None:
    """Escape keeps everything first."""
    page.keyboard.press("Escape")
    expect(page.locator("#compose")).to_be_hidden()


def fill(page: Page, to: str = "bob@hamburger.edu", subject: str = "Do you like ketchup?", text: str = TEXT) -> None:
    page.get_by_label("To", exact=True).fill(to)
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Letter", exact=True).fill(text)


def test_a_letter_is_written_with_the_keyboard_alone(desk: Page) -> None:
    expect(desk.get_by_label("To", exact=True)).to_be_focused()
    desk.keyboard.type("bob@hamburger.edu,")
    expect(desk.locator(".to-chip .label")).to_have_text("bob@hamburger.edu")
    desk.get_by_label("Subject").focus()
    desk.keyboard.type("Do you like ketchup? j k e # u")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Letter", exact=True)).to_be_focused()
    desk.keyboard.insert_text(TEXT)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Sending to bob@hamburger.edu")
    assert Outgoing.objects.get().subject == "Do you like ketchup? j k e # u"


def test_people_are_offered_and_chosen_with_arrows(desk: Page, alice: User) -> None:
    for name, address in (("Camille Roux", "camille@crepes.fr"), ("Carlos, Díaz", "carlos@salmuera.example")):
        Contact.objects.create(user=alice, name=name, address=address)
    to = desk.get_by_label("To", exact=True)
    desk.keyboard.type("ca")
    expect(desk.locator("#c-to-list [role=option]")).to_have_count(2)
    expect(to).to_have_attribute("aria-activedescendant", "c-to-list-1")
    desk.keyboard.press("ArrowDown")
    expect(to).to_have_attribute("aria-activedescendant", "c-to-list-2")
    assert not faults_of(desk)
    desk.keyboard.press("Enter")
    expect(desk.locator(".to-chip .label")).to_have_text("Carlos, Díaz")
    expect(to).to_be_focused()
    close(desk)
    assert Draft.objects.get().to == '"Carlos, Díaz" <carlos@salmuera.example>'


def test_a_chip_is_taken_back_to_be_changed(desk: Page) -> None:
    desk.keyboard.type("bob@hamburger,")
    desk.keyboard.press("Backspace")
    desk.keyboard.press("End")
    desk.keyboard.type(".edu")
    desk.keyboard.press("Enter")
    expect(desk.locator(".to-chip .label")).to_have_text("bob@hamburger.edu")
    close(desk)
    assert Draft.objects.get().to == "bob@hamburger.edu"


def test_enter_ends_a_hangul_syllable_and_no_more(desk: Page) -> None:
    line = desk.context.new_cdp_session(desk)
    line.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
    desk.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(desk.locator(".to-chip")).to_have_count(0)
    line.send("Input.insertText", {"text": "하늘"})
    desk.keyboard.press("Enter")
    expect(desk.locator(".to-chip .label")).to_have_text("하늘")


def test_what_is_wrong_is_said_and_everything_typed_is_there(desk: Page) -> None:
    fill(desk, to="bob")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_text("“bob” is not an email address.")).to_be_visible()
    expect(desk.get_by_label("Subject")).to_have_value("Do you like ketchup?")
    expect(desk.get_by_label("Letter", exact=True)).to_have_text(TEXT, use_inner_text=True)
    assert not faults_of(desk)
    complaints_of(desk).clear()  # the browser remarks on the 422


def test_a_formatted_letter_goes_as_both(desk: Page) -> None:
    fill(desk, text="plain ")
    desk.get_by_label("Letter", exact=True).press("Control+End")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("bold")
    expect(desk.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    assert not faults_of(desk)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Sending")
    draft = Draft.objects.get()
    assert (draft.text, draft.html) == ("plain bold", "<p>plain <strong>bold</strong></p>")


PASTE = """(field, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
SHEET = "<p>Jars:</p><table><tr><td><p>one</p></td><td><b>two</b></td></tr><tr><td>three</td><td>four</td></tr></table>"


def test_the_cells_of_a_pasted_table_stay_apart(desk: Page) -> None:
    desk.keyboard.press("c")
    editor = desk.locator(".editor.rich")
    editor.evaluate(PASTE, SHEET)
    expect(editor.locator("p")).to_have_text(["Jars:", "one two", "three four"])
    expect(editor.locator("strong")).to_have_text("two")


def test_a_picture_stands_in_the_text(desk: Page) -> None:
    fill(desk, text="Look: ")
    with desk.expect_file_chooser() as chosen:
        desk.get_by_role("button", name="Picture in the text").click()
    chosen.value.set_files({"name": "jar.gif", "mimeType": "image/gif", "buffer": GIF})
    picture = desk.locator(".editor.rich img[src]")
    expect(picture).to_have_attribute("alt", "jar")
    expect(picture).to_have_js_property("naturalWidth", 1)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Sending")
    letter = read_letter(decompress(Outgoing.objects.get().data))
    assert [(part.role, part.name) for part in letter.parts] == [("body", ""), ("body", ""), ("picture", "jar.gif")]


def test_a_link_is_set_by_keyboard(desk: Page) -> None:
    fill(desk, text="")
    desk.get_by_label("Letter", exact=True).press("Control+k")
    desk.get_by_label("Address", exact=True).fill("jars.example")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="jars.example")).to_have_attribute("href", "https://jars.example")


def test_undo_brings_the_letter_back(desk: Page) -> None:
    fill(desk)
    desk.get_by_role("button", name="Send", exact=True).click()
    desk.locator(".toast").get_by_role("button", name="Undo").click()
    expect(desk.get_by_label("Letter", exact=True)).to_have_text(TEXT, use_inner_text=True)
    expect(desk.locator(".to-chip .label")).to_have_text("bob@hamburger.edu")
    assert set(Recipient.objects.values_list("state", flat=True)) == {"cancelled"}


def test_a_letter_is_scheduled_by_keyboard(desk: Page) -> None:
    fill(desk)
    desk.get_by_label("Letter", exact=True).press("Control+Shift+Enter")
    desk.get_by_role("button", name="Tomorrow morning").press("Enter")
    expect(desk.locator(".toast")).to_contain_text("Scheduled for bob@hamburger.edu")
    expect(desk.locator("#compose")).to_be_hidden()
    assert set(Recipient.objects.values_list("state", flat=True)) == {"scheduled"}


def test_files_come_along_and_the_letter_waits_for_them(desk: Page) -> None:
    fill(desk)
    files = [
        {"name": "jars.csv", "mimeType": "text/csv", "buffer": b"jars,3"},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    desk.locator("input[type=file]").set_input_files(files)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Sending")
    assert [(upload.name, upload.size) for upload in Draft.objects.get().uploads.order_by("pk")] == [
        ("jars.csv", 6),
        ("empty.txt", 0),
    ]


def test_closing_keeps_the_letter_and_gives_the_focus_back(desk: Page) -> None:
    fill(desk)
    close(desk)
    assert Draft.objects.get().text == TEXT
    expect(desk.locator("#places")).to_contain_text("Drafts1")


def test_leaving_the_page_takes_the_last_words_along(desk: Page, site: str) -> None:
    fill(desk)
    desk.goto(f"{site}/starred/")
    expect(desk.locator("#places")).to_be_visible()
    desk.wait_for_function("fetch('/drafts/').then(answer => answer.text()).then(page => page.includes('Do you like ketchup?'))")


def test_another_window_is_told_and_both_letters_live(desk: Page, site: str) -> None:
    fill(desk)
    kept(desk)
    other = desk.context.new_page()
    other.goto(f"{site}/draft/{Draft.objects.get().key}/")
    other.get_by_label("Letter", exact=True).fill("From the other window")
    until(lambda: Draft.objects.filter(text="From the other window").exists())
    desk.get_by_label("Letter", exact=True).fill("From this window")
    expect(desk.get_by_text("changed in another window")).to_be_visible()
    expect(desk.get_by_label("Letter", exact=True)).to_have_text("From this window", use_inner_text=True)
    desk.get_by_role("button", name="Keep this as a second draft").click()
    expect(desk.get_by_text("changed in another window")).to_be_hidden()
    assert set(Draft.objects.values_list("text", flat=True)) == {"From the other window", "From this window"}
    complaints_of(desk).clear()  # the browser remarks on the 409
    other.close()


def test_a_session_that_ends_is_signed_in_again_in_place(desk: Page, site: str, alice: User) -> None:
    fill(desk)
    kept(desk)
    Session.objects.all().delete()
    desk.get_by_label("Letter", exact=True).fill("The words of a signed-out person")
    dialog = desk.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    assert "signed-out person" not in desk.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    come_in(desk, site, alice)
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_be_hidden()
    kept(desk)
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator(".toast")).to_contain_text("Sending")
    assert Draft.objects.get().text == "The words of a signed-out person"
    complaints_of(desk).clear()  # the browser remarks on the 401


def test_somebody_else_cannot_go_on_with_the_letter(desk: Page, site: str, bob: User, bobs: Mailbox) -> None:
    fill(desk)
    kept(desk)
    Session.objects.all().delete()
    desk.get_by_label("Letter", exact=True).fill("For Alice's eyes")
    come_in(desk, site, bob)
    expect(desk.get_by_text("Somebody else is signed in now.")).to_be_visible()
    assert not Draft.objects.of(bob).exists()
    complaints_of(desk).clear()


def test_the_line_breaks_and_the_words_are_kept_when_it_is_back(desk: Page) -> None:
    fill(desk)
    kept(desk)
    desk.context.set_offline(True)
    desk.get_by_label("Letter", exact=True).fill("Typed in a tunnel")
    expect(desk.locator("#saved")).to_contain_text("Not kept yet")
    desk.context.set_offline(False)
    expect(desk.locator("#saved")).to_contain_text("Kept")
    assert Draft.objects.get().text == "Typed in a tunnel"
    complaints_of(desk).clear()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.servers)])
def test_everybody_can_write_on_a_phone(chromium: Browser, site: str, alice: User, alices: Mailbox, scheme: str) -> None:
    page = open_page(chromium, viewport=PHONE, color_scheme=scheme, has_touch=True)
    come_in(page, site, alice)
    page.goto(site)
    page.locator(".dock [data-do=write]").click()
    fill(page)
    kept(page)
    assert not faults_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not complaints_of(page), complaints_of(page)
    page.context.close()
