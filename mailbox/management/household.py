"""Keeps the children of one house running: restarts the one that falls, ends them all in order when it is told to."""

import fcntl
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO

from mailbox.management.ground import Fault
from mailbox.management.servers import Server

Say = Callable[[str], None]
PATIENCE = {signal.SIGINT: 10.0, signal.SIGTERM: 600.0, signal.SIGHUP: 600.0}  # seconds that a talk under way may take


class Household:
    """`groups` are started in their order and ended in the opposite one. All of it in the main thread: on Linux a
    child's leash ends where the thread that started it ends."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.groups: list[list[Server]] = []
        self.fallen: dict[str, tuple[float, float]] = {}  # name: when it may start again, and how long it waits the next time
        self.told = threading.Event()
        self.patience = PATIENCE[signal.SIGTERM]

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal set `told`."""
        for sign in PATIENCE:
            signal.signal(sign, self._hear)

    def _hear(self, sign: int, _frame: FrameType | None) -> None:
        again = self.told.is_set() and sign == signal.SIGINT
        self.patience = 0.0 if again else PATIENCE[signal.Signals(sign)]
        self.told.set()

    def start(self, *servers: Server) -> None:
        """Start these as one group. Raises Fault if one cannot be."""
        self.groups.append(list(servers))
        for server in servers:
            self._stop_if_told()
            server.start()

    def wait(self, *servers: Server, patience: float = 60) -> None:
        for server in servers:
            self._stop_if_told()
            server.wait(patience)

    def _stop_if_told(self) -> None:
        if self.told.is_set():
            raise KeyboardInterrupt

    def watch_over(self, every: float = 0.2) -> None:
        """Return when we are told to end."""
        while not self.told.wait(every):
            for server in [server for group in self.groups for server in group]:
                if not server.is_running():
                    self._raise_again(server)

    def _raise_again(self, server: Server) -> None:
        """Start it anew: at once the first time, then with pauses that grow to half a minute."""
        now = time.monotonic()
        due, pause = self.fallen.get(server.name, (now, 1.0))
        if now - due > 120:  # it had run well for a while
            due, pause = now, 1.0
        if now < due:
            return
        self.say(f"{server.name} ended unexpectedly and is started again; {server.ground.log(server.name)} says why.")
        self.fallen[server.name] = (now + pause, min(pause * 2, 30.0))
        try:
            server.start()
        except OSError as error:  # a full disk may have room again in a minute
            self.say(f"{server.name} cannot be started now: {error.strerror}.")

    def end(self) -> None:
        """End every child, the last group first; a talk under way may finish within the patience we were told with."""
        for group in reversed(self.groups):
            for server in group:
                server.ask_to_stop()
            began = time.monotonic()
            least = max((server.least_patience for server in group), default=0.0)
            while any(server.is_running() for server in group) and time.monotonic() < began + max(self.patience, least):
                time.sleep(0.05)
            for server in group:
                server.stop(patience=0)
        self.groups.clear()


def lock(path: Path) -> IO[str]:
    """Hold this file for as long as we live. Raises Fault if a living house holds it."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Fault(f"Relish already runs with DATA_DIR {path.parent}: end it first, or set another DATA_DIR.") from None
    return file
