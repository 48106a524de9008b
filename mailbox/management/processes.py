"""The processes of DESIGN section 6 as our children: web, the two workers, the clock and the watcher."""

import os
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mailbox.management.ground import Ground
from mailbox.management.servers import Server, answers

PROJECT = Path(__file__).resolve().parents[2]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]  # workers need not know of one another
UVICORN = ["uvicorn", "webmail.asgi:application", "--lifespan", "off", "--ws", "none", "--no-access-log", "--no-server-header"]
UVICORN += ["--timeout-graceful-shutdown", "5"]  # an open page's live stream never ends by itself
CELERY = ["celery", "--app", "webmail"]
# glibc keeps some 30 MB of what each thread has freed, unless it is told not to (bench_memory: half the mirror's memory)
THRIFT = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True)
class Part:
    """One process: `words` after `python -m`; `threads` that may each want a database line at once."""

    words: tuple[str, ...]
    threads: int = 0


def _worker(queue: str, threads: int) -> Part:
    words = [*CELERY, "worker", "--queues", queue, "--hostname", f"{queue}@%h", "--pool", "threads"]
    return Part((*words, "--concurrency", str(threads), "--loglevel", "INFO", *QUIET), threads)


PARTS = {
    "web": Part((*UVICORN,), 14),
    "relay": _worker("relay", 8),
    "mirror": _worker("mirror", 8),
    "clock": Part((*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")),
    "watch": Part(("manage.py", "watch"), 2),
}


class Process(Server):
    dying_signal: ClassVar[signal.Signals | None] = signal.SIGKILL  # stateless: nothing is lost, and its port is free at once
    least_patience: ClassVar[float] = 0.2
    folder_to_run_in = str(PROJECT)

    def __init__(self, ground: Ground, name: str, arguments: Sequence[str] = ()) -> None:
        super().__init__(ground)
        self.name = name
        self.part = PARTS[name]
        self.arguments = arguments

    def command(self) -> list[str]:
        module = [] if self.part.words[0].endswith(".py") else ["-m"]
        return [sys.executable, *module, *self.part.words, *self.arguments]

    def environment(self) -> dict[str, str]:
        return {**THRIFT, **os.environ, "DB_POOL": str(self.part.threads + 2)}

    def is_ready(self) -> bool:
        return self.is_running()


class Web(Process):
    def __init__(self, ground: Ground, host: str, port: int) -> None:
        super().__init__(ground, "web", ["--host", host, "--port", str(port)])
        self.address = ("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104 compared, not listened on

    def is_ready(self) -> bool:
        """Any answer to any request: that it is well is asked of /health/."""
        return answers(self.address, b"GET /health/live/ HTTP/1.0\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 ")


def chosen(names: str) -> list[str]:
    """The processes of `--only web,relay`, in our order. Raises ArgumentTypeError (exit 2) for a name that is none."""
    wanted = [name for name in names.replace(",", " ").split() if name]
    if unknown := [name for name in wanted if name not in PARTS]:
        raise ArgumentTypeError(f"there is no process called {unknown[0]}; there are {', '.join(PARTS)}")
    return [name for name in PARTS if name in wanted] or list(PARTS)
