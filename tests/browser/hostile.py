"""HTML letters that want to act, opened in a real browser many at once; what they did, whatever it was."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Route

from mailbox.mime.sanitize import sanitize_html
from mailbox.views.parts import FRAME, body_policy
from tests.browsing import WIDE

HOME = "http://letters.test"
RAN = "a script of a letter ran"
# Whatever a letter's script would do, it does one of these first.
SNARE = f"for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => console.log({RAN!r});"
AT_ONCE = 60
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"


@dataclass
class Deeds:
    ran: int = 0
    asked: list[str] = field(default_factory=list)  # addresses beside the letters' own


def opened(browser: Browser, letters: Sequence[str], *, cleaned: bool, framed: bool) -> Deeds:
    """Behind the sanitizer, behind the frame and its policy, behind both or neither."""
    deeds = Deeds()
    for start in range(0, len(letters), AT_ONCE):
        _open(browser, letters[start : start + AT_ONCE], deeds, cleaned=cleaned, framed=framed)
    return deeds


def _open(browser: Browser, letters: Sequence[str], deeds: Deeds, *, cleaned: bool, framed: bool) -> None:
    policy = {"Content-Security-Policy": body_policy(f"{HOME}/part/", "'self'")} if framed else {}
    house = {"Content-Security-Policy": f"frame-src {HOME}"} if framed else {}
    sandbox = f'sandbox="{FRAME}"' if framed else ""
    frames = "".join(
        f'<iframe {sandbox} referrerpolicy="no-referrer" src="/{number}"></iframe>' for number in range(len(letters))
    )
    pages = {f"{HOME}/": (f"<!DOCTYPE html>{frames}", house)}
    for number, html in enumerate(letters):
        shown = sanitize_html(html, picture=lambda content_id: None).html if cleaned else html
        pages[f"{HOME}/{number}"] = (f"<!DOCTYPE html><meta charset=utf-8><body>{shown}", policy)

    def answer(route: Route) -> None:
        if found := pages.get(route.request.url):
            route.fulfill(body=found[0], content_type="text/html; charset=utf-8", headers=found[1])
        else:
            deeds.asked.append(route.request.url)
            route.abort()

    def hear(message: ConsoleMessage) -> None:
        deeds.ran += message.text == RAN

    with browser.new_context(viewport=WIDE) as context:
        context.add_init_script(SNARE)
        page = context.new_page()
        page.on("console", hear)
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.route("**/*", answer)
        page.goto(f"{HOME}/")
        page.evaluate(SETTLED)
        deeds.ran += len(context.pages) - 1  # a window that a letter opened
