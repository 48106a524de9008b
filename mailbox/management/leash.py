"""Runs a program that ends with its parent, even when that one is killed with -9: the house leaves no orphans.

Run as a script, so it imports nothing of ours: `python -I -S leash.py SIGNAL UID:GID PARENT PROGRAM ARGUMENT...`; "-" for
UID:GID stays who we are, "-" for PARENT is whoever is our parent now.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2), Linux only


def leashed(command: Sequence[str], dying: signal.Signals, owner: tuple[int, int] | None = None) -> list[str]:
    """The command line that runs `command` as that user and sends it `dying` when this process is gone."""
    user = f"{owner[0]}:{owner[1]}" if owner else "-"
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), dying.name, user, str(os.getpid()), *command]


def main(dying: str, user: str, parent: str, *command: str) -> None:
    if user != "-":
        _become(*map(int, user.split(":")))  # before prctl: a change of user forgets the signal
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.Signals[dying])
    if parent not in ("-", str(os.getppid())):
        sys.exit("The parent ended before its child began.")
    try:
        os.execvp(command[0], command)  # noqa: S606 that is its whole purpose
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}.")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    main(*sys.argv[1:])
