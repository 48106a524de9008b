"""Letters are read by another process: the same as here, and whatever happens to it, no letter is lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from mailbox.reading import apart
from mailbox.reading.apart import Asked, Making, Reader, Readers, Terms, prepare_many
from mailbox.reading.arrival import Arrival
from mailbox.reading.meaning import NOTHING
from mailbox.reading.ready import Ready, prepare, unread
from tests.daemons import wait_until
from tests.sync.letters import NOON, raw

CORPUS = sorted(Path(__file__).parents[1].glob("letters/*.eml"))
POISON = """
import os, sys, time
import mailbox.reading.__main__ as reading
from mailbox.reading.ready import work
def touchy(arrival, findable):
    if b"kill" in arrival.raw: os.kill(os.getpid(), 9)
    if b"hang" in arrival.raw: time.sleep(600)
    return work(arrival, findable=findable)
reading.work = touchy
reading.main(*sys.argv[1:])
"""
TOUCHY = Terms(patience=2, program=("-c", POISON))
PARENT = """
import sys, time
from mailbox.reading.apart import Reader, Terms
reader = Reader(Terms())
reader.read([])
print(reader.pid, flush=True)
time.sleep(600)
"""


def asked(letters: Sequence[bytes]) -> list[Asked]:
    return [(Arrival(letter, uid, 1, 0, NOON, len(letter)), True) for uid, letter in enumerate(letters, 1)]


def ready(making: Iterable[Making]) -> list[Ready]:
    return [one for piece in making for one in piece.result(timeout=60)]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_every_letter_means_the_same_as_here() -> None:
    letters = asked([path.read_bytes() for path in CORPUS])
    readers = Readers(2, Terms(idle=0.1))
    assert ready(prepare_many(letters, apart.ENOUGH, readers)) == [prepare(arrival) for arrival, _ in letters]


def test_few_letters_are_read_here() -> None:
    letters = asked([raw("a"), raw("b")])
    nobody = Readers(1, Terms(program=("-c", "raise SystemExit")))
    assert ready(prepare_many(letters, len(letters), nobody)) == [prepare(arrival) for arrival, _ in letters]


def test_where_no_process_starts_letters_are_read_here() -> None:
    letters = asked([raw("a"), raw("b")])
    with Reader(Terms(program=("-c", "raise SystemExit"))) as reader:
        assert reader.read(letters) == [prepare(arrival) for arrival, _ in letters]


def test_a_reader_that_was_killed_is_replaced() -> None:
    letters = asked([raw("a"), raw("b")])
    with Reader(Terms()) as reader:
        reader.read(letters)
        os.kill(reader.pid, signal.SIGKILL)
        assert reader.read(letters) == [prepare(arrival) for arrival, _ in letters]


@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_a_letter_that_ends_its_reader_is_set_aside_with_its_bytes(fault: str) -> None:
    letters = asked([raw("a"), raw("b", text=fault), raw("c")])
    with Reader(TOUCHY) as reader:
        found = reader.read(letters)
    assert [one.meaning.facts.damaged for one in found] == [False, True, False]
    assert (found[1], found[1].meaning) == (unread(letters[1][0]), NOTHING)


def test_a_reader_without_work_goes() -> None:
    readers = Readers(1, Terms(idle=0.1))
    readers.read(asked([raw("a")])).result(timeout=60)
    wait_until(lambda: not readers.hands, "The end of a reader")
    assert readers.read(asked([raw("a")])).result(timeout=60)


def test_a_reader_goes_when_its_parent_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_there(pid)
        parent.kill()
    wait_until(lambda: not is_there(pid), "The end of the reader")


def test_a_reader_knows_no_secret_and_no_django() -> None:
    told = "import os, sys, mailbox.reading.__main__; sys.exit(any(one.startswith(('django', 'psycopg')) for one in sys.modules))"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
    with Reader(Terms()) as reader:
        reader.read([])
        names = {one.partition(b"=")[0] for one in Path(f"/proc/{reader.pid}/environ").read_bytes().split(b"\0") if one}
    assert names <= {name.encode() for name in apart.KEPT}
