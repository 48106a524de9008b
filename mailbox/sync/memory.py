"""What a worker has used for a window of letters goes back to the system, so it is as large as one window, not as the largest."""

import ctypes
import gc
from collections.abc import Callable
from functools import cache

_libc = ctypes.CDLL(None)
_trim: Callable[[int], int] | None = getattr(_libc, "malloc_trim", None)  # glibc has it; others give back by themselves


def give_back() -> None:
    """glibc keeps what was freed below something that lives, also when it is tens of megabytes."""
    if _trim:
        _trim(0)


@cache
def settle() -> None:
    """Once, before letters come by the thousand: what is here already stays, and the collector need not walk through it again
    and again for the sake of rows that go by themselves."""
    gc.collect()
    gc.freeze()
