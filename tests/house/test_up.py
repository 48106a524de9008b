"""One command runs the house, survives what happens to it, and leaves nothing running behind."""

import os
import signal
import socket
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.daemons import wait_until
from tests.running import Up, data, up
from webmail import env

__all__ = ["data"]


def say(data: Path, statement: str) -> object:
    with psycopg.connect(host=str(env.run_folder(data)), port=5432, user="relish", dbname="relish", autocommit=True) as line:
        cursor = line.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_it_serves_ends_in_order_and_keeps_what_it_has(data: Path) -> None:
    with up(data, "--only", "web,clock") as house:
        with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/health/", timeout=10) as answer:
            assert answer.status == 200
        assert set(house.children()) == {"postgres", "redis", "web", "clock"}
        say(data, "CREATE TABLE kept AS SELECT 7 AS n")
        assert house.end(signal.SIGINT) == 0
        assert "Everything has ended." in house.said
        assert not house.children()
    with up(data, "--only", "clock"):
        assert say(data, "SELECT n FROM kept") == (7,)


@pytest.mark.servers
def test_a_kill_orphans_nobody_and_the_next_start_is_clean(data: Path) -> None:
    with up(data, "--only", "web,clock") as house:
        before = house.children()
        house.end(signal.SIGKILL)
        wait_until(lambda: not house.children(), "the end of the children")
        assert len(before) == 4
    with up(data, "--only", "clock") as house:
        assert set(house.children()) == {"postgres", "redis", "clock"}


@pytest.mark.servers
def test_who_falls_is_raised_again(data: Path) -> None:
    with up(data, "--only", "clock") as house:
        for name in ("clock", "postgres", "redis"):
            pid = house.children()[name][0]
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda name=name, pid=pid: house.children().get(name, (pid, []))[0] != pid, f"the rise of {name}")
        wait_until(lambda: answers(data), "the recovery of the database")
        house.end()
        assert house.said.count("ended unexpectedly and is started again") == 3


def answers(data: Path) -> bool:
    try:
        return say(data, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def refusal(data: Path, *words: str, port: int = 0) -> tuple[int, str]:
    house = Up(data, *words, port=port)
    said = house.process.communicate(timeout=60)[0]
    return house.process.returncode, said.strip().splitlines()[-1]


@pytest.mark.servers
def test_a_second_house_in_the_same_place_is_refused(data: Path) -> None:
    with up(data, "--only", "clock"):
        code, sentence = refusal(data, "--only", "clock")
    assert (code, sentence) == (1, f"Relish already runs with DATA_DIR {data}: end it first, or set another DATA_DIR.")


def test_a_taken_port_is_one_sentence(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, sentence = refusal(data, port=port)
    assert code == 1
    assert sentence.startswith(f"Port {port} cannot be used (")


def test_a_place_that_is_closed_is_one_sentence(data: Path) -> None:
    data.parent.chmod(0o700)
    data.touch()
    code, sentence = refusal(data)
    assert code == 1
    assert str(data) in sentence


def test_an_unknown_process_is_wrong_usage(data: Path) -> None:
    code, sentence = refusal(data, "--only", "web,post")
    assert code == 2
    assert "there is no process called post; there are web, relay, mirror, clock, watch" in sentence
