"""The measure at the door: no request is larger than a letter with its form can be, and reading stops where one is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SENTENCE = b"This is larger than a letter can be. Nothing of it was kept.\n"


class TooLarge(Exception):
    """The body has more bytes than are read here."""


def limited(application: Application, most: int) -> Application:
    """That application behind a door which lets bodies of at most `most` bytes through: a larger one is answered with
    413 (RFC 9110 section 15.5.14), at once if it says so in Content-Length, else when it has come so far."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        read = 0

        async def counted() -> Event:
            nonlocal read
            event = await receive()
            if event["type"] == "http.request":
                read += len(event.get("body", b""))
            if read > most:
                raise TooLarge
            return event

        try:
            if not announced.isdigit() or int(announced) > most:
                raise TooLarge
            await application(scope, counted, send)
        except TooLarge:
            await _refuse(send)

    return door


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
