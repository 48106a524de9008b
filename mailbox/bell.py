"""After the commit, ring a task by its name. A bell may be lost or doubled: the clock asks Postgres what is due."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def ring(task: str, *ids: int) -> None:
    """Ask a worker to look at these ids once this transaction is committed; a broker that is away is no error."""
    transaction.on_commit(partial(_ring_now, task, ids))


def _ring_now(task: str, ids: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, args=ids, expires=60)
    except Exception as error:  # kombu raises what the transport raises; whatever it is, the row is safe
        logger.warning("The bell for %s %s was not heard (%s); the clock will find it.", task, ids, type(error).__name__)
