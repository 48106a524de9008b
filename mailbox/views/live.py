"""The live stream: tells an open page that something changed, as (event, id) only; the page fetches what it shows."""

import json
import time
from collections.abc import AsyncIterator

import redis.asyncio
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from accounts.http import signed_in
from accounts.models import User
from mailbox import live as bells
from mailbox.broker import redis_url
from mailbox.sync import presence

HEARTBEAT = 15.0  # seconds
HELLO = b"retry: 5000\nevent: hello\ndata: 0\n\n"
NOTED = 300.0  # seconds between two notes that this person is here
BEAT = b": still here\n\n"


@signed_in
async def live(request: HttpRequest) -> StreamingHttpResponse:
    """Server-sent events until the session ends or Redis goes away; the page then asks every half minute by itself."""
    assert isinstance(request.user, User)
    response = StreamingHttpResponse(events(request, request.user.pk), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def events(request: HttpRequest, user_id: int) -> AsyncIterator[bytes]:
    line = redis.asyncio.Redis.from_url(redis_url(), socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
    try:
        async with line.pubsub(ignore_subscribe_messages=True) as ear:
            await ear.subscribe(bells.channel(user_id))
            await ear.get_message(timeout=HEARTBEAT)  # Redis says that it has begun: nothing is missed from here on
            yield HELLO
            noted = 0.0
            while await still_signed_in(request):
                if time.monotonic() - noted > NOTED:
                    noted = time.monotonic()
                    await note(user_id)
                yield await hear(ear)
    except (RedisError, OSError):
        return
    finally:
        await line.aclose()


async def hear(ear: PubSub) -> bytes:
    """The next event, or a heartbeat when there was none for a while."""
    message = await ear.get_message(timeout=HEARTBEAT)
    if message is None:
        return BEAT
    event, row_id = json.loads(message["data"])
    return f"event: {event}\ndata: {int(row_id)}\n\n".encode()


@sync_to_async
def note(user_id: int) -> None:
    """That this person is here: their mail is listened for."""
    try:
        presence.seen(user_id)
    finally:
        connection.close()


@sync_to_async
def still_signed_in(request: HttpRequest) -> bool:
    """Whether the session is still there; gives its database connection back, because a stream lasts for hours."""
    try:
        key = request.session.session_key
        return key is not None and request.session.exists(key)
    finally:
        connection.close()
