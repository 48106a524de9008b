"""Lines are dialled in threads, because looking up a name and shaking hands take their time; the loop hears when one stands."""

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from mailbox.imap.limits import LIMITS, TIMEOUTS
from mailbox.imap.link import Link, dial
from mailbox.wire import Endpoint, Guard

THREADS = 32
A_HOST = 8  # threads that wait for one host at most: a dead one leaves the others to the living
BURST = 10  # dialled at once after a quiet time


class Dialler:
    """`ear` can be read whenever a line was dialled; `rate`: lines a second, over all hosts."""

    def __init__(self, rate: float) -> None:
        self.ear, self._mouth = socket.socketpair()
        self.ear.setblocking(False)
        self._mouth.setblocking(False)
        self._step, self._mark = 1 / rate, 0.0
        self._answers: SimpleQueue[tuple[int, str, Future[Link]]] = SimpleQueue()
        self._under_way: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(THREADS)

    def wait(self, now: float) -> float:
        """Seconds until the next line may be dialled."""
        return max(0.0, self._mark - now - BURST * self._step)

    def is_crowded(self, host: str) -> bool:
        return self._under_way[host] >= A_HOST

    def dial(self, mailbox_id: int, endpoint: Endpoint, guard: Guard, now: float) -> Future[Link]:
        host = endpoint.host
        self._mark = max(self._mark, now) + self._step
        self._under_way[host] += 1
        dialled = self._pool.submit(dial, endpoint, guard, limits=LIMITS, timeouts=TIMEOUTS)
        dialled.add_done_callback(lambda answer: self._answer(mailbox_id, host, answer))
        return dialled

    def _answer(self, mailbox_id: int, host: str, dialled: Future[Link]) -> None:
        """In the thread that dialled."""
        self._answers.put((mailbox_id, host, dialled))
        with suppress(OSError):  # full: the loop wakes anyway
            self._mouth.send(b"\0")

    def answers(self) -> Iterator[tuple[int, Future[Link]]]:
        """Who was dialled since the last time, each with the line or what went wrong."""
        with suppress(OSError):
            self.ear.recv(4096)
        with suppress(Empty):
            while True:
                mailbox_id, host, dialled = self._answers.get_nowait()
                self._under_way[host] -= 1
                yield mailbox_id, dialled

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.ear.close()
        self._mouth.close()
