"""A real browser for the tests: Debian's Chromium, driven by Playwright, and our pages served as in real life (ASGI).

A page complains if its console does: a script that fails, a refusal by the content policy, a file that is not there. What a
test provokes on purpose it takes out of `complaints_of(page)`.
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django import Settings

from accounts.models import User
from tests.daemons import need

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-component-update"]
OPTIONS += ["--disable-background-networking"]
PATIENCE = 30_000  # milliseconds
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LEFT_BEHIND = {"htmx:afterRequest", "htmx:sendError", "htmx:sendAbort"}  # a request under way when the page went on to another
_complaints: dict[Page, list[str]] = {}


@pytest.fixture(scope="module")  # while it is there, a loop runs in this thread: other modules want it gone
def chromium() -> Iterator[Browser]:
    need("chromium")
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # because of that loop; the ORM is not used from it
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that has never been here; its console must have nothing to complain of."""
    page = open_page(chromium)
    yield page
    page.context.close()
    complaints = _complaints.pop(page)
    assert not complaints, complaints


def open_page(browser: Browser, **context: Any) -> Page:
    """A page with cookies of its own, for a second person or another shape: open_page(chromium, viewport=PHONE)."""
    page = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", "reduced_motion": "reduce", **context}).new_page()
    page.set_default_timeout(PATIENCE)
    found = _complaints[page] = []
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("console", lambda message: found.append(f"console: {message.text}") if is_complaint(message) else None)
    return page


def complaints_of(page: Page) -> list[str]:
    return _complaints[page]


def is_complaint(message: ConsoleMessage) -> bool:
    return message.type == "error" and message.text.partition(",")[0] not in LEFT_BEHIND


@pytest.fixture
def site(transactional_db: None, settings: Settings) -> Iterator[str]:
    """The address of our pages, served from this process, so that a test sees and makes what they see."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.SESSION_ENGINE = django_settings.SESSION_ENGINE
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.SITE_URL = f"http://localhost:{listening.getsockname()[1]}"
        config = uvicorn.Config(house(), lifespan="off", ws="none", log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            wait_for_start(server)
            yield settings.SITE_URL
        finally:
            leave_pages()
            server.should_exit = True
            thread.join()


@cache
def house() -> ASGIHandler:
    return get_asgi_application()


def leave_pages() -> None:
    """An open page's live stream would hold up the end of its server."""
    for page in _complaints:
        if not page.is_closed():
            page.goto("about:blank")


def wait_for_start(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not server.started:
        assert time.monotonic() < deadline, "The pages were not served in time."
        time.sleep(0.01)


def come_in(page: Page, site: str, user: User) -> None:
    """Signed in without the form: the session's cookie is laid into the browser."""
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site, "httpOnly": True}])


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong for people who see, hear or move otherwise (WCAG 2.2 AA), one line each."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]
