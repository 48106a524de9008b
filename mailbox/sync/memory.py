"""What a worker has used for a window of letters goes back to the system, so it is as large as one window, not as the largest."""

import ctypes
from collections.abc import Callable

_libc = ctypes.CDLL(None)
_trim: Callable[[int], int] | None = getattr(_libc, "malloc_trim", None)  # glibc has it; others give back by themselves


def give_back() -> None:
    """glibc keeps what was freed below something that lives, also when it is tens of megabytes."""
    if _trim:
        _trim(0)
