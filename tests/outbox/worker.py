"""A real relay worker (celery, threads) as a child process, on the tests' own database and broker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from celery import current_app
from django.conf import settings
from django.db import connection

from tests.waiting import until


def database_url() -> str:
    """Of the database that the tests use, for a child."""
    facts = connection.settings_dict
    host = quote(str(facts["HOST"]), safe="")
    return f"postgres://{quote(facts['USER'])}:{quote(facts['PASSWORD'])}@{host}:{facts['PORT'] or 5432}/{facts['NAME']}"


class Worker:
    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def ask_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "ready." in self.log.read_text()


@contextmanager
def running_worker(folder: Path, broker: str = "") -> Iterator[Worker]:
    log = folder / "worker.log"
    routes = ",".join(f"{domain}={route}" for domain, route in settings.RELAY_ROUTES.items())
    given = {
        "DATABASE_URL": database_url(),
        "RELAY_ROUTES": routes,
        "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "EHLO_NAME": "crepes.fr",
        "REDIS_URL": broker or settings.REDIS_URL,
    }
    words = ["-m", "celery", "--app", "webmail", "worker", "--queues", "relay", "--pool", "threads", "--concurrency", "4"]
    quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *words, *quiet], env={**os.environ, **given}, stdout=file, stderr=file, cwd=settings.BASE_DIR
        )
    worker = Worker(process, log)
    try:
        until(worker.is_ready, 40)
        yield worker
    finally:
        process.kill()
        process.wait(10)


def hint(task: str, *ids: int, broker: str = "") -> None:
    with current_app.connection_for_write(broker or None) as line:
        current_app.send_task(task, args=ids, connection=line)
