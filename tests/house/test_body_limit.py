"""No request is larger than a letter with its form can be."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from webmail.limit import limited

MOST = 1000


def ask(pieces: list[bytes], *headers: tuple[bytes, bytes]) -> tuple[int, int]:
    """The status, and how many pieces were read."""
    given: Iterator[bytes] = iter(pieces)
    sent: list[dict[str, Any]] = []
    read = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": next(given), "more_body": read < len(pieces)}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "http", "headers": list(headers)}
    asyncio.run(limited(application, MOST)(scope, receive, send))
    return sent[0]["status"], read


def test_a_body_of_the_largest_size_passes() -> None:
    assert ask([b"x" * 500, b"x" * 500], (b"content-length", b"1000")) == (200, 2)


def test_a_larger_one_is_refused_before_it_is_read() -> None:
    assert ask([b"x"] * 10, (b"content-length", b"1001")) == (413, 0)


def test_one_that_does_not_say_how_large_it_is_is_read_so_far_and_no_further() -> None:
    assert ask([b"x" * 400] * 1000) == (413, 3)


@pytest.mark.parametrize("length", [b"", b"-1", b"many"])
def test_a_length_that_is_none_is_refused(length: bytes) -> None:
    assert ask([b"x"], (b"content-length", length)) == (413, 0)
