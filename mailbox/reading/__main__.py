"""The reader process: letters come in by a pipe, what they mean goes out, until nobody is at the other end.

    python -m mailbox.reading FILENO OCTETS

It inherits its end of the pipe, and may use so much memory.
"""

import gc
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from mailbox.reading.ready import work


def serve(line: Connection) -> None:
    line.send([])  # here
    with suppress(EOFError, OSError):
        while True:
            line.send([work(arrival, findable=found) for arrival, found in line.recv()])


def main(fileno: str, room: str) -> None:
    with suppress(ValueError, OSError):  # not every system has such a limit
        resource.setrlimit(resource.RLIMIT_AS, (int(room), int(room)))
    gc.freeze()
    with Connection(int(fileno)) as line:
        serve(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
