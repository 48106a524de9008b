"""The pulse of the house: clock, broker, worker and Postgres together leave a mark every ten seconds per queue."""

import time

from django.core.cache import cache

QUEUES = ("relay", "mirror")
LOST_AFTER = 60.0  # seconds without a beat
KEPT = 86_400  # seconds


def beat(queue: str) -> None:
    cache.set(f"pulse:{queue}", time.time(), KEPT)


def age(queue: str) -> float | None:
    """Seconds since the last beat; None if there was none for a day."""
    last: float | None = cache.get(f"pulse:{queue}")
    return None if last is None else max(0.0, time.time() - last)
