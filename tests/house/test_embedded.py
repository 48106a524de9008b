"""The embedded servers: they end with their parent, and whatever a kill -9 left behind does not stop the next start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mailbox.management import pidfile
from mailbox.management.embedded import Postgres, Redis
from mailbox.management.ground import Fault, Ground, first_closed, stake
from tests.servers import temporary_ground
from webmail import env

KILLED_PARENT = """
import os, signal, sys
from pathlib import Path
from mailbox.management.embedded import Postgres, Redis
from mailbox.management.ground import stake
ground = stake(Path(sys.argv[1]), Path(sys.argv[2]))
for server in (Postgres(ground, careless=True), Redis(ground)):
    server.start()
    server.wait()
    print(server.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def ground() -> Iterator[Ground]:
    with temporary_ground() as ground:
        yield ground


def run(server: Postgres | Redis) -> None:
    server.start()
    server.wait()


def wait_for(condition: Callable[[], bool], patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Not there, or a zombie that only waits to be counted."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b""
    except OSError:
        return True


def say(ground: Ground, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=str(ground.run), user="relish", dbname="relish", autocommit=True) as line:
        cursor = line.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_data_stay_over_a_restart(ground: Ground) -> None:
    for statement in ("CREATE TABLE kept AS SELECT 7 AS n", "SELECT n FROM kept"):
        server = Postgres(ground, careless=True)
        run(server)
        found = say(ground, statement)
        server.stop()
    assert found == [(7,)]


def test_children_end_with_a_killed_parent_and_the_next_start_is_clean(ground: Ground) -> None:
    command = [sys.executable, "-c", KILLED_PARENT, str(ground.data), str(ground.run)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pids = [int(pid) for pid in done.stdout.split()]
    wait_for(lambda: all(map(is_gone, pids)))
    for server in (Postgres(ground, careless=True), Redis(ground)):
        run(server)
        server.stop()
    assert len(pids) == 2


def test_a_stale_pid_with_the_number_of_a_stranger_does_not_stop_it(ground: Ground) -> None:
    server = Postgres(ground, careless=True)
    run(server)
    assert server.process is not None
    lines = (server.folder / "postmaster.pid").read_text().split("\n")
    server.process.kill()
    server.process.wait()
    (server.folder / "postmaster.pid").write_text("\n".join([str(os.getppid()), *lines[1:]]))
    run(server)
    server.stop()


def test_an_orphan_of_ours_is_ended_and_a_stranger_is_not(tmp_path: Path) -> None:
    ours = subprocess.Popen(["sleep", "600"], start_new_session=True)
    wait_for(lambda: pidfile.is_running(ours.pid, ["sleep", "600"]))
    pidfile.write(tmp_path / "ours", ours.pid, ["sleep", "600"])
    pidfile.write(tmp_path / "theirs", os.getpid(), ["sleep", "600"])
    assert not pidfile.end_orphan(tmp_path / "theirs", signal.SIGTERM)
    assert pidfile.end_orphan(tmp_path / "ours", signal.SIGTERM)
    assert ours.wait(10) == -signal.SIGTERM
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"^The disk of DATA_DIR .* is full: \d+ MB are free, \d+ MB are needed\.$"):
        stake(tmp_path / "data", tmp_path / "run", room=1 << 60)


def test_a_closed_folder_on_the_way_is_found(ground: Ground) -> None:
    ground.data.chmod(0o711)
    closed = ground.data / "closed"
    (closed / "inner").mkdir(parents=True)
    stranger = (os.geteuid() + 7, os.getegid() + 7)
    assert first_closed(closed / "inner", stranger) is None
    closed.chmod(0o700)
    assert first_closed(closed / "inner", stranger) == closed


def test_a_server_that_cannot_start_says_why(ground: Ground) -> None:
    server = Postgres(ground, careless=True)
    run(server)
    server.stop()
    (server.folder / "global" / "pg_control").unlink()
    server.start()
    with pytest.raises(Fault, match=r"Postgres did not start; it said: .*"):
        server.wait()
    server.stop()


@pytest.mark.parametrize("name", ["a" * 90, "with a blank", "per%cent", "한국어"])
def test_a_folder_that_no_socket_can_be_named_after_gets_a_short_one(tmp_path: Path, name: str) -> None:
    short = env.run_folder(tmp_path / name)
    assert not short.is_relative_to(tmp_path)
    assert len(bytes(short / ".s.PGSQL.5432")) < 100
    assert short != env.run_folder(tmp_path / f"{name}2")
