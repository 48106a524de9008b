"""The servers of the tests end with the tests, whatever ends those."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import Daemon, free_ports, wait_until

HOLD = "import sys, pathlib, time; from tests.daemons import Daemon; "
HOLD += "daemon = Daemon(['sleep', '60'], pathlib.Path(sys.argv[1])); print(daemon.process.pid, flush=True); time.sleep(60)"


def runs(pid: int) -> bool:
    """Not even as a zombie, which nobody may have collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    daemon = Daemon(["sleep", "60"], tmp_path / "said")
    daemon.stop()
    assert daemon.process.returncode == -signal.SIGTERM


def test_it_ends_when_its_session_is_killed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", HOLD, str(tmp_path / "said")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as session:
        assert session.stdout
        pid = int(session.stdout.readline())
        assert runs(pid)
        session.kill()
    wait_until(lambda: not runs(pid), "The end of the server")


def test_one_that_ends_at_once_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no room"):
        Daemon(["sh", "-c", "echo no room; exit 1"], tmp_path / "said", *free_ports(1))


def test_one_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"did not happen within 0\.2 seconds"):
        Daemon(["sh", "-c", f"echo $$ >{tmp_path}/pid; exec sleep 60"], tmp_path / "said", *free_ports(1), patience=0.2)
    assert not runs(int((tmp_path / "pid").read_text()))
