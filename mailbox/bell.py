"""After the commit, ring a task by its name. A bell may be lost or doubled: the clock asks Postgres what is due."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

from mailbox import broker

logger = logging.getLogger(__name__)

LOST_AFTER = 2000  # milliseconds; a bell that is not heard by then may have been lost


def ring(task: str, *ids: int, about: str = "") -> None:
    """Ask a worker to look at these ids once this transaction is committed; a broker that is away is no error. `about`: what
    it will look at; while a bell about the same waits to be heard, that one speaks for this one too."""
    transaction.on_commit(partial(_ring_once, about, task, ids) if about else partial(_ring_now, task, ids))


def hear(*about: str) -> None:
    """A worker says so before it looks into the tables: what is committed after that rings anew."""
    if not about:
        return
    try:
        broker.line().delete(*map(_key, about))
    except Exception as error:
        logger.warning("Bells about %s are not marked as heard (%s).", about, type(error).__name__)


def _ring_once(about: str, task: str, ids: tuple[int, ...]) -> None:
    try:
        waits = not broker.line().set(_key(about), 1, nx=True, px=LOST_AFTER)
    except Exception:
        waits = False  # the bell itself will say what is wrong
    if not waits:
        _ring_now(task, ids)


def _key(about: str) -> str:
    return f"bell:{about}"


def _ring_now(task: str, ids: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, args=ids, expires=60)
    except Exception as error:  # kombu raises what the transport raises; whatever it is, the row is safe
        logger.warning("The bell for %s %s was not heard (%s); the clock will find it.", task, ids, type(error).__name__)
