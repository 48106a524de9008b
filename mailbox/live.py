"""Tell a person's open pages that something changed: (event, id) only, after the commit, never an error."""

import json
import logging
from collections.abc import Iterable
from functools import partial

import redis
from django.db import transaction

from mailbox import broker
from mailbox.models import Access

logger = logging.getLogger(__name__)

FEW = 5  # messages that cost no more than to ask whether anybody listens


def channel(user_id: int) -> str:
    return f"live:{user_id}"


def tell(user_ids: Iterable[int], event: str, *row_ids: int) -> None:
    """Publish to every one of these people's streams once this transaction is committed."""
    transaction.on_commit(partial(_publish, tuple(user_ids), event, row_ids))


def tell_of(mailbox_id: int, event: str, *row_ids: int) -> None:
    """Tell everybody who may see this Mailbox, once per row."""
    if row_ids and (people := watchers(mailbox_id)):
        tell(people, event, *row_ids)


def watchers(mailbox_id: int) -> list[int]:
    return list(Access.objects.filter(mailbox=mailbox_id).values_list("user", flat=True))


def _publish(user_ids: tuple[int, ...], event: str, row_ids: tuple[int, ...]) -> None:
    channels = [channel(user_id) for user_id in user_ids]
    try:
        if len(row_ids) > FEW:
            ears = broker.line().pubsub_numsub(*channels)
            channels = [name for name, (_, number) in zip(channels, ears, strict=True) if number]
        with broker.line().pipeline(transaction=False) as pipe:
            for name in channels:
                for row_id in row_ids:
                    pipe.publish(name, json.dumps([event, row_id]))
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("Open pages were not told (%s); they ask every half minute.", type(error).__name__)
