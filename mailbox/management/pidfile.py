"""Who of ours still runs from last time: a pid file is believed only if that process has our very command line."""

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path


def write(path: Path, pid: int, command: Sequence[str]) -> None:
    path.write_text(json.dumps([pid, list(command)]))


def read(path: Path) -> tuple[int | None, list[str]]:
    """(pid, command), or (None, []) if nothing readable is there."""
    try:
        pid, command = json.loads(path.read_text())
        return int(pid), [str(word) for word in command]
    except (OSError, ValueError, TypeError):
        return None, []


def end_orphan(path: Path, stop: signal.Signals, patience: float = 15) -> bool:
    """End the process that the file names, if it still is ours; True if there was one. The file is gone afterwards."""
    pid, command = read(path)
    found = pid is not None and is_running(pid, command)
    if pid is not None and found:
        _end(pid, command, stop, patience)
    path.unlink(missing_ok=True)
    return found


def is_running(pid: int, command: Sequence[str]) -> bool:
    """Whether that process runs this command, be it through a leash (whose own words then stand in front)."""
    words = _command_line(pid)
    return bool(command) and words[-len(command) :] == list(command)


def _end(pid: int, command: Sequence[str], stop: signal.Signals, patience: float) -> None:
    for sign in (stop, signal.SIGKILL):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while is_running(pid, command) and time.monotonic() < deadline:
            time.sleep(0.02)


def _command_line(pid: int) -> list[str]:
    """Empty if it is gone, a zombie, or this system has no /proc."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").removesuffix("\0").split("\0")
    except OSError:
        return []
