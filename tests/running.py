"""`manage.py up` as a person would run it, for the tests that need the whole house."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from mailbox.management import pidfile
from tests.daemons import free_ports

UNSET = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "VAULT_KEYS",
    "ALLOWED_HOSTS",
    "DATA_DIR",
    "SITE_URL",
    "DJANGO_SETTINGS_MODULE",
}


@pytest.fixture
def data() -> Iterator[Path]:
    """A DATA_DIR to be; its parent lets the servers' own user pass."""
    with tempfile.TemporaryDirectory(prefix="relish-up-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


class Up:
    def __init__(self, data: Path, *words: str, port: int = 0, extra: Mapping[str, str] | None = None) -> None:
        self.data, self.port, self.said = data, port or free_ports(1)[0], ""
        self.url = f"http://localhost:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        self.environment = {**kept, "EMBEDDED": "1", "DATA_DIR": str(data), "PORT": str(self.port), **(extra or {})}
        self.process = self._run("up", *words)

    def _run(self, *words: str) -> "subprocess.Popen[str]":
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(
            [sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=self.environment, text=True, **pipes
        )

    def manage(self, *words: str, stdin: str = "") -> str:
        """What another command says in the same house."""
        command = self._run(*words)
        said = command.communicate(stdin, timeout=60)[0]
        assert command.returncode == 0, said
        return said

    def wait_for(self, words: str) -> None:
        assert self.process.stdout
        while words not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def children(self) -> dict[str, tuple[int, list[str]]]:
        """(pid, command) of those that run, by name."""
        found = {path.stem: pidfile.read(path) for path in (self.data / "pids").glob("*.json")}
        return {name: (pid, command) for name, (pid, command) in found.items() if pid and pidfile.is_running(pid, command)}


@contextmanager
def up(data: Path, *words: str, extra: Mapping[str, str] | None = None) -> Iterator[Up]:
    house = Up(data, *words, extra=extra)
    try:
        house.wait_for("Ready after")
        yield house
    finally:
        if house.process.poll() is None:
            house.end(signal.SIGINT)
