"""Servers that are no Python: installed if need be, started as our children, ended by their own process id."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import count, islice
from pathlib import Path

SYSTEM_PACKAGES = Path(__file__).with_name("system-packages")
PATIENCE = 60  # seconds until a server must listen, and until it must have ended


@cache
def need(*programs: str) -> None:
    """Fails in plain words unless these can be run here; tries once to install what is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        said = subprocess.run([SYSTEM_PACKAGES], capture_output=True, text=True, check=False)
        if said.returncode or not all(map(shutil.which, programs)):
            raise RuntimeError(said.stderr.strip() or f"The tests need {', '.join(missing)}, and it is not installed.")
    if os.geteuid() != 0:
        raise RuntimeError(f"The tests run {programs[0]} and must be root for it: run `make test` as root or in a container.")


_ports = count(10_000 + os.getpid() * 500 % 20_000)  # below those that outgoing lines are given; each process has its own part


def free_ports(number: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, and that nobody is given by chance before a server takes them."""
    return list(islice(filter(_is_free, _ports), number))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {patience} seconds.")
        time.sleep(0.02)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Daemon:
    """A program in the foreground; it ends with this process, even when that is killed."""

    def __init__(
        self, command: list[str], log: Path, *ports: int, environment: dict[str, str] | None = None, patience: float = PATIENCE
    ) -> None:
        self.log = log
        with log.open("ab") as output:  # a session of its own: Postfix ends whole process groups, and not ours
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=environment, start_new_session=True
            )
        # A pipe that nobody writes to ends when we do, by whatever signal; the kernel's own leash is lost with a change of user.
        guard = ["sh", "-c", f"read -r _; kill {self.process.pid}"]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)
        try:
            for port in ports:
                wait_until(partial(self._is_up, port), f"The start of {command[0]}", patience)
        except BaseException:
            self.stop()
            raise

    def _is_up(self, port: int) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"It ended at once: {self.log.read_text()[-2000:]}")
        return listens(port)

    def stop(self) -> None:
        self._guard.kill()
        self._guard.communicate()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
