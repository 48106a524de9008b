"""The way to the web: what a letter names is asked for over the guarded connection, without a cookie, a referrer or a name.

A redirect is a new address that the guard looks at anew. All of it, redirects too, has one time limit and one size limit.
"""

import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from mailbox.wire import WEB, Endpoint, Guard, Refused, TryLater, ascii_host, connect

REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
_PLAIN = "-._~!$&'()*+,;=:@%/"  # of a path; RFC 3986 section 3.3, and what is quoted already
_CHUNK = 1 << 16
_LONGEST = 8_000  # characters of an address


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = field(default=b"", repr=False)
    location: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` for everything, `octets` of the body."""

    seconds: float = 5
    octets: int = 10 << 20


def get(
    url: str, guard: Guard, *, accept: str, limits: Limits, trust: ssl.SSLContext | None = None, redirects: int = REDIRECTS
) -> Answer:
    """What that address says, after so many `redirects` at most. Raises Refused for what is not asked for (a private address,
    no address of the web, too large), TryLater."""
    end = monotonic() + limits.seconds
    for _ in range(redirects + 1):
        answer = _ask("GET", url, guard, {"Accept": accept}, b"", limits.octets, end, trust)
        if answer.status not in _MOVED or not answer.location or not redirects:
            return answer
        url = urljoin(url, answer.location)
    raise Refused("That address leads from one to another without end.")


def post(url: str, form: bytes, guard: Guard, *, limits: Limits, trust: ssl.SSLContext | None = None) -> Answer:
    """One POST of a form; no redirect is followed. Raises Refused, TryLater."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _ask("POST", url, guard, headers, form, limits.octets, monotonic() + limits.seconds, trust)


def _ask(
    method: str, url: str, guard: Guard, headers: dict[str, str], body: bytes, most: int, end: float, trust: ssl.SSLContext | None
) -> Answer:
    parts = _parts(url)
    endpoint = Endpoint(parts.scheme, ascii_host(parts.hostname or ""), parts.port or WEB[parts.scheme][2])
    left = end - monotonic()
    if left <= 0:
        raise TryLater(f"{endpoint.host} did not answer in time.")
    line = HTTPConnection(endpoint.host, endpoint.port)
    line.default_port = WEB[parts.scheme][2]  # which the Host header does not repeat
    line.sock = connect(endpoint, guard, timeout=left, trust=trust)
    watch = Timer(max(end - monotonic(), 0.001), _cut, [line.sock])
    watch.start()
    try:
        line.request(method, _target(parts), body or None, headers | {"User-Agent": "Mozilla/5.0", "Accept-Encoding": "identity"})
        response = line.getresponse()
        kind = response.headers.get_content_type()
        answer = Answer(response.status, _body(response, most), response.headers.get("Location", ""), kind)
        if monotonic() >= end:
            raise TimeoutError
        return answer
    except (OSError, HTTPException, ValueError) as error:
        raise TryLater(f"{endpoint.host} did not answer as a web server does.") from error
    finally:
        watch.cancel()
        line.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url[:_LONGEST])
        known = parts.scheme in WEB and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or parts.username is not None:
        raise Refused("That is no address of the web.")
    return parts


def _target(parts: SplitResult) -> str:
    """The path and the query, with nothing in them that could end the line."""
    path = quote(parts.path or "/", safe=_PLAIN)
    return f"{path}?{quote(parts.query, safe=_PLAIN + '?')}" if parts.query else path


def _body(response: HTTPResponse, most: int) -> bytes:
    if response.status in _MOVED:
        return b""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("That was sent packed, which nobody asked for.")
    found = bytearray()
    while piece := response.read1(_CHUNK):
        found += piece
        if len(found) > most:
            raise Refused("That is too large.")
    return bytes(found)


def _cut(line: socket) -> None:
    """However slowly it drips, it ends."""
    with suppress(OSError):
        line.shutdown(SHUT_RDWR)
