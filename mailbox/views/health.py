"""For machines that look after machines: are we alive, and are we ready to serve?"""

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailbox.broker import redis_url


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 for as long as this process answers at all; a remote server that is away never restarts us."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 if the database and the broker answer, 503 if not. Says which, and nothing else."""
    found = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with redis.Redis.from_url(redis_url(), socket_timeout=1, socket_connect_timeout=1) as line:
            return bool(line.ping())
    except redis.RedisError:
        return False
