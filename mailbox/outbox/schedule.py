"""When a letter that was put off is tried again (RFC 5321 section 4.5.4.1). Pure: times in, times out."""

from datetime import datetime, timedelta

# Doubling from five minutes, which is what greylisting servers want, to two hours forty; then every four hours.
FIRST = timedelta(minutes=5)
DOUBLINGS = 5
THEN = timedelta(hours=4)
LIFE = timedelta(hours=72)
JITTER = 0.15  # a share of the pause, either way, so that letters put off together do not come back together


def pause(attempts: int) -> timedelta:
    """How long to wait after that many attempts (1, 2, ...): 5, 10, 20, 40, 80, 160 minutes, then four hours."""
    return FIRST * 2 ** (attempts - 1) if attempts <= DOUBLINGS + 1 else THEN


def next_try(now: datetime, attempts: int, expires_at: datetime, chance: float) -> datetime | None:
    """The next time, or None: its life is over. `chance` in [0, 1) spreads it; the last try is at the very end."""
    if now >= expires_at:
        return None
    spread = 1 + JITTER * (2 * chance - 1)
    return min(now + pause(attempts) * spread, expires_at)
