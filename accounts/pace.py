"""How often one person may ask for what costs the house much, counted in Postgres, so that all workers count together."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render

from accounts.http import SignedInRequest

Rest = ParamSpec("Rest")
View = Callable[Concatenate[SignedInRequest, Rest], Any]
MINUTE = 60

# One statement, so that two requests at once are two: the count of another minute begins anew.
_COUNT = """
INSERT INTO accounts_pace AS old (user_id, action, minute, number) VALUES (%s, %s, %s, 1)
ON CONFLICT (user_id, action) DO UPDATE
SET number = CASE WHEN old.minute = excluded.minute THEN old.number + 1 ELSE 1 END, minute = excluded.minute
RETURNING number
"""


def paced(action: str, most: int) -> Callable[[View[Rest]], View[Rest]]:
    """So many a minute; what is more gets 429 (RFC 6585 section 4) and is told when to come again."""

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def door(request: SignedInRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Any:
            now = time.time()
            if count(request.user.pk, action, int(now // MINUTE)) > most:
                return slow_down(request, MINUTE - int(now % MINUTE))
            return view(request, *args, **kwargs)

        return door

    return decorate


def count(user_id: int, action: str, minute: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [user_id, action, minute])
        return int(cursor.fetchone()[0])


def slow_down(request: SignedInRequest, seconds: int) -> HttpResponse:
    """A page, or for a part of one a word that the page says itself."""
    response = HttpResponse(status=429) if request.htmx else render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(seconds)
    if request.htmx:
        response.headers["HX-Reswap"], response.headers["HX-Trigger"] = "none", "too-often"
    return response
