"""The live stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.sessions.models import Session
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox import live as bells
from mailbox.views import live

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 5  # seconds
Hear = Callable[[], Awaitable[bytes]]


def played(scene: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that waits for things, as one that pytest can call."""

    @wraps(scene)
    def test(*args: object, **kwargs: object) -> None:
        async_to_sync(scene)(*args, **kwargs)

    return test


async def listen(user: User) -> Hear:
    """Open that person's stream; each call gives its next piece, b"" at its end."""
    browser = AsyncClient()
    await browser.aforce_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = await browser.get("/live/")
    assert answer["Content-Type"] == "text/event-stream"
    pieces: AsyncIterator[bytes] = aiter(answer.streaming_content)

    async def hear() -> bytes:
        return await asyncio.wait_for(anext(pieces, b""), PATIENCE)

    return hear


tell = sync_to_async(bells.tell)


@played
async def test_it_says_hello_when_it_listens(alice: User) -> None:
    hear = await listen(alice)
    assert b"event: hello" in await hear()


@played
async def test_an_event_comes_as_its_name_and_an_id(alice: User) -> None:
    hear = await listen(alice)
    await hear()
    await tell([alice.pk], "folder", 7)
    assert await hear() == b"event: folder\ndata: 7\n\n"


@played
async def test_of_many_each_comes_to_those_who_listen(alice: User, bob: User) -> None:
    hear = await listen(alice)
    await hear()
    await tell([alice.pk, bob.pk], "outgoing", *range(bells.FEW + 1))
    for number in range(bells.FEW + 1):
        assert await hear() == b"event: outgoing\ndata: %d\n\n" % number


@played
async def test_nobody_hears_what_is_told_to_another(alice: User, bob: User) -> None:
    hear = await listen(bob)
    await hear()
    await tell([alice.pk], "folder", 7)
    await tell([bob.pk], "folder", 8)
    assert await hear() == b"event: folder\ndata: 8\n\n"


@played
async def test_silence_is_broken_by_a_heartbeat(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    hear = await listen(alice)
    await hear()
    assert await hear() == b": still here\n\n"


@played
async def test_it_ends_with_the_session(alice: User) -> None:
    hear = await listen(alice)
    await hear()
    await sync_to_async(Session.objects.all().delete)()
    await tell([alice.pk], "folder", 7)
    await hear()
    assert await hear() == b""


@played
async def test_without_redis_it_ends_politely(alice: User, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    hear = await listen(alice)
    assert await hear() == b""


def test_somebody_who_is_signed_out_hears_nothing(client: Client) -> None:
    assert client.get("/live/", headers={"Accept": "text/event-stream"}).status_code == 401
