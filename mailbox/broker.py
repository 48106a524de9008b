"""The line to Redis, over which bells and live pages hear of what was committed; nothing that matters lies there."""

from functools import cache

import redis
from django.conf import settings


@cache
def line() -> "redis.Redis":
    return redis.Redis.from_url(redis_url(), socket_timeout=0.3, socket_connect_timeout=0.3)


def redis_url() -> str:
    """The broker's address in the form that redis-py reads (Celery writes sockets as redis+socket://)."""
    url: str = settings.REDIS_URL
    return url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)
