"""The way to the web: guarded, anonymous, and never for long."""

import time

import pytest

from mailbox.web import Answer, Limits, get, post
from mailbox.wire import WEB_PORTS, Guard, Refused, TryLater
from tests.fakes.smtp_script import scripted
from tests.fakes.web import web_server

HOME = Guard(allow=("127.0.0.0/8",))
SHORT = Limits(seconds=5, octets=1000)


def ask(url: str, guard: Guard = HOME, limits: Limits = SHORT) -> Answer:
    return get(url, guard, accept="image/png", limits=limits)


def test_c35_a_request_says_nothing_of_us() -> None:
    with web_server({"/a.png?x=1": (200, {}, b"picture")}) as web:
        assert ask(web.url("/a.png?x=1")).body == b"picture"
    ((line, headers, _),) = web.asked
    assert line == "GET /a.png?x=1"
    assert headers.keys() == {"Host", "Accept", "User-Agent", "Accept-Encoding"}
    assert "relish" not in str(headers).lower()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a", "http://2130706433/a", "http://[::1]/a", "http://10.0.0.1/a", "http://192.0.32.7:8080/a",
        "ftp://example.org/a", "file:///etc/passwd", "//example.org/a", "http:///a", "http://u:p@192.0.32.7/", "http://[x/a",
        "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_c36_what_is_not_asked_for(url: str) -> None:
    with pytest.raises(Refused):
        ask(url, Guard(ports=WEB_PORTS))


def test_c36_a_redirect_is_looked_at_anew() -> None:
    guard = Guard(allow=("127.0.0.1/32",), ports=WEB_PORTS)
    with web_server({"/a": (302, {"Location": "http://127.0.0.2/secret"}, b"")}) as web, pytest.raises(Refused):
        ask(web.url("/a"), guard)


def test_a_redirect_is_followed() -> None:
    with web_server({"/a": (301, {"Location": "/b"}, b""), "/b": (200, {}, b"here")}) as web:
        assert ask(web.url("/a")).body == b"here"


def test_c36_no_redirect_without_end() -> None:
    with web_server({"/a": (302, {"Location": "/a"}, b"")}) as web, pytest.raises(Refused, match="without end"):
        ask(web.url("/a"))
    assert len(web.asked) == 4


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {}])
def test_too_large_or_packed(headers: dict[str, str]) -> None:
    with web_server({"/a": (200, headers, b"x" * 2000)}) as web, pytest.raises(Refused):
        ask(web.url("/a"))


def test_c36_a_server_that_says_nothing_more() -> None:
    started = time.monotonic()
    with scripted("C: GET /a *\nRAW HTTP/1.1 200\nHANG") as server, pytest.raises(TryLater):
        ask(f"http://127.0.0.1:{server.port}/a", limits=Limits(seconds=0.3))
    assert time.monotonic() - started < 5


def test_nothing_can_end_the_line_of_the_request() -> None:
    with web_server({}) as web:
        assert ask(web.url("/a\r\nX: y /피클?q=a b\r\n")).status == 404
    assert web.asked[0][0] == "GET /aX:%20y%20/%ED%94%BC%ED%81%B4?q=a%20b"


def test_a_form_is_posted() -> None:
    with web_server({"/leave": (200, {}, b"ok")}) as web:
        assert post(web.url("/leave"), b"List-Unsubscribe=One-Click", HOME, limits=SHORT).status == 200
    line, headers, body = web.asked[0]
    assert (line, body) == ("POST /leave", b"List-Unsubscribe=One-Click")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
