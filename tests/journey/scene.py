"""The scene: a letter goes from Alice to Bob and back, in two browsers, and each sees what they should see."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import complaints_of, open_page

ALICE, BOB = "alice@crepes.fr", "bob@hamburger.edu"
SUBJECT = "Do you like ketchup? How about pickles?"
KOREAN = "케첩을 좋아하세요? 오이 피클은요?"
ANSWER = "Pickles, yes: thin, sour and on the side."
SOON = 90_000  # milliseconds: the time to undo, the queue, the world, the watcher


@dataclass(frozen=True)
class Person:
    address: str
    password: str
    page: Page


def arrive(browser: Browser, url: str, address: str, password: str) -> Person:
    """Sign in by the form and see the inbox."""
    page = open_page(browser)
    page.goto(url)
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_attached()
    return Person(address, password, page)


def row(person: Person, subject: str) -> Locator:
    return person.page.locator(".row").filter(has_text=subject).first


def write_to(person: Person, recipient: str, folder: Path) -> None:
    """A letter with a Korean line and an attachment, by the keyboard where a person would use it."""
    page = person.page
    page.keyboard.press("c")
    sheet = page.locator("#compose")
    expect(sheet.locator(".editor.rich")).to_be_visible()
    sheet.get_by_label("To", exact=True).fill(f"{recipient},")
    sheet.get_by_label("Subject").fill(SUBJECT)
    sheet.get_by_label("Letter").fill(f"Dear Bob,\n\n{KOREAN}\n\nAlice\n")
    jar = folder / "항아리.txt"
    jar.write_text("a small jar\n")
    sheet.locator("input[type=file]").set_input_files(jar)
    expect(sheet.locator("#ups")).to_contain_text(jar.name)
    sheet.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Sending")


def hear_and_answer(person: Person) -> None:
    """The page is open and is not loaded again; the letter appears in it."""
    page = person.page
    page.evaluate("window.sameDocument = true")
    expect(row(person, SUBJECT)).to_be_visible(timeout=SOON)
    assert page.evaluate("window.sameDocument")
    row(person, SUBJECT).locator(".row-link").click()
    expect(page.locator(".thread")).to_contain_text(KOREAN)
    expect(page.locator(".thread")).to_contain_text("항아리.txt")
    page.keyboard.press("r")
    sheet = page.locator("#compose")
    expect(sheet.locator(".editor.rich")).to_be_focused()
    sheet.get_by_label("Letter").press("Control+Home")
    sheet.get_by_label("Letter").press_sequentially(ANSWER)
    sheet.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Sending")


def find_both_in_one_conversation(person: Person) -> None:
    page = person.page
    expect(row(person, SUBJECT)).to_be_visible(timeout=SOON)
    row(person, SUBJECT).locator(".row-link").click()
    thread = page.locator(".thread > li.msg")
    expect(thread).to_have_count(2)
    expect(page.locator(".thread")).to_contain_text(ANSWER)


def read_the_dialogue(person: Person, recipient: str) -> list[str]:
    """What was said on the way, as the sent letter shows it: ["S 220 ...", "C EHLO ...", ...]."""
    page = person.page
    page.get_by_role("link", name="Sent", exact=True).click()
    row(person, SUBJECT).locator(".row-link").click()
    page.locator(".thread > li.msg").first.locator("summary").first.click()
    destination = page.locator(".dest").filter(has_text=recipient)
    expect(destination.locator(".state")).to_contain_text("Delivered", timeout=SOON)
    destination.locator("summary").first.click()
    lines = destination.locator(".dialogue li")
    return [f"{line.get_attribute('data-who')} {line.locator('code').text_content()}" for line in lines.all()]


def check_the_dialogue(lines: list[str]) -> None:
    """The lecture book's, in its order; with PIPELINING the answers come after the questions."""
    told = "\n".join(lines)
    ours = [
        r"^C EHLO \S+",
        r"^C MAIL FROM:<alice@crepes\.fr>",
        r"^C RCPT TO:<bob@hamburger\.edu>",
        r"^C DATA",
        r"^C \.$",
        r"^C QUIT",
    ]
    places = [match.start() for pattern in ours if (match := re.search(pattern, told, re.MULTILINE))]
    assert len(places) == len(ours), told
    assert places == sorted(places), told
    for pattern in (r"^S 220[ -]", r"^S 250[ -]", r"^S 354 ", r"^S 221[ -]"):
        assert re.search(pattern, told, re.MULTILINE), told


def play(browser: Browser, url: str, passwords: dict[str, str], folder: Path) -> None:
    alice = arrive(browser, url, ALICE, passwords[ALICE])
    bob = arrive(browser, url, BOB, passwords[BOB])
    write_to(alice, BOB, folder)
    hear_and_answer(bob)
    find_both_in_one_conversation(alice)
    check_the_dialogue(read_the_dialogue(alice, BOB))
    for person in (alice, bob):
        assert not complaints_of(person.page), complaints_of(person.page)
        person.page.context.close()
