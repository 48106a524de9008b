"""A server that runs as our child: prepared, started, waited for until it answers, ended in order."""

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from mailbox.management import pidfile
from mailbox.management.ground import Fault, Ground
from mailbox.management.leash import leashed


class Server(ABC):
    """A server as our child: `prepare`, then run `command`, then wait until `is_ready`; `stop_signal` ends it in order."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    dying_signal: ClassVar[signal.Signals | None] = None  # what it gets when we are killed; None: the stop signal
    drops_root: ClassVar[bool] = False
    least_patience: ClassVar[float] = 15.0  # seconds to end in order, however much we are hurried
    folder_to_run_in = "/"
    name: str

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:  # noqa: B027 most need nothing
        """Make what it needs before it can run. Raises Fault."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def start(self) -> None:
        """Run it. What was left of it by a kill -9 is ended first. Raises Fault if it cannot be prepared."""
        pidfile.end_orphan(self.ground.pid(self.name), self.stop_signal)
        self.prepare()
        command = self.command()
        with fresh_log(self.ground.log(self.name)).open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 our own words only
                leashed(command, self.dying_signal or self.stop_signal, self.ground.owner if self.drops_root else None),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, who then end it in order
                env=self.environment(),
                cwd=self.folder_to_run_in,
            )
        pidfile.write(self.ground.pid(self.name), self.process.pid, command)

    def wait(self, patience: float = 60) -> None:
        """Return when it answers. Raises Fault with its last words if it ends, or after `patience` seconds."""
        deadline = time.monotonic() + patience
        while not self.is_ready():
            if not self.is_running() or time.monotonic() > deadline:
                raise Fault(f"{self.name.title()} did not start; it said: {self.last_words()}")
            time.sleep(0.02)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, patience: float = 20) -> None:
        """End it in order, and by force if that takes longer than `patience` seconds."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.ground.pid(self.name).unlink(missing_ok=True)

    def last_words(self) -> str:
        lines = self.ground.log(self.name).read_text(errors="replace").split("\n")[-40:]
        told = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror" in line] or [
            line for line in lines if line
        ]
        return told[-1].strip() if told else "nothing"


def fresh_log(path: Path, limit: int = 10 * 1024 * 1024) -> Path:
    """That log file; one that has grown beyond `limit` bytes is laid aside as .1 first."""
    if path.exists() and path.stat().st_size > limit:
        path.replace(path.with_suffix(".log.1"))
    return path


def answers(address: str | tuple[str, int], say: bytes, expect: bytes) -> bool:
    """Whether something on that Unix socket or (host, port) says `expect` at first, or after we said `say`."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    try:
        with socket.socket(family) as line:
            line.settimeout(2)
            line.connect(address)
            line.sendall(say)
            return line.recv(len(expect)) == expect
    except OSError:
        return False
