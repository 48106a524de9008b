"""The reader process: letters come in by a pipe, what they mean goes out, until nobody is at the other end.

    python -m mailbox.reading FILENO OCTETS

It inherits its end of the pipe, and may use so much memory. Each question has a number, and its answer the same.
"""

import ctypes
import gc
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from mailbox.reading.ready import work

PR_SET_PDEATHSIG = 1  # prctl(2), Linux only


def serve(line: Connection) -> None:
    line.send((0, []))  # here
    with suppress(EOFError, OSError):
        while True:
            number, piece = line.recv()
            line.send((number, [work(arrival, findable=found) for arrival, found in piece]))


def main(fileno: str, room: str) -> None:
    with suppress(ValueError, OSError):  # not every system has such a limit
        resource.setrlimit(resource.RLIMIT_AS, (int(room), int(room)))
    if sys.platform == "linux":  # one that is busy does not see that nobody is at the other end
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.freeze()
    with Connection(int(fileno)) as line:
        serve(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
