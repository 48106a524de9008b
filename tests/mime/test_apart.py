"""Letters are read by another process: the same as here, and whatever happens to it, no letter is lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

import pytest

from mailbox.reading import apart
from mailbox.reading.apart import Asked, CannotStart, Making, Reader, Readers, Terms, prepare_many
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
    if b"hang" in arrival.raw: print("hangs", flush=True) or time.sleep(600)
    return work(arrival, findable=findable)
reading.work = touchy
reading.main(*sys.argv[1:])
"""
TOUCHY = Terms(patience=2, program=("-c", POISON))
PARENT = """
import sys, time
from datetime import datetime
from mailbox.reading.apart import Reader, Terms
from mailbox.reading.arrival import Arrival
reader = Reader(Terms(program=("-c", sys.argv[1])))
reader.read([])
print(reader.pid, flush=True)
if letter := sys.argv[2].encode(): reader.read([(Arrival(letter, 1, 1, 0, datetime.now(), len(letter)), True)])
print("idle", flush=True)
time.sleep(600)
"""
DEAF = """
import sys, time
from multiprocessing.connection import Connection
line = Connection(int(sys.argv[1]))
line.send((0, []))
time.sleep(600)
"""
STALE = """
import sys
import mailbox.reading.__main__ as reading
class Stale(reading.Connection):
    def send(self, answer): super().send((0, answer[1]))
reading.Connection = Stale
reading.main(*sys.argv[1:])
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


@pytest.mark.parametrize("fault", ["kill", pytest.param("hang", marks=pytest.mark.servers)])
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


@pytest.mark.parametrize(("letter", "does"), [("", "idle"), ("hang", "hangs")])
def test_a_reader_goes_when_its_parent_was_killed(letter: str, does: str) -> None:
    command = [sys.executable, "-c", PARENT, POISON, letter]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline().strip() == does
        assert is_there(pid)
        parent.kill()
    wait_until(lambda: not is_there(pid), "The end of the reader")


def test_a_reader_that_does_not_listen_is_ended() -> None:
    """The pipe takes less than this letter."""
    letters = asked([raw("a", text="x" * (3 << 20))])
    with Reader(Terms(patience=0.5, program=("-c", DEAF))) as reader:
        assert reader.read(letters) == [unread(letters[0][0])]


def test_an_answer_to_another_question_is_not_believed() -> None:
    letters = asked([raw("a")])
    with Reader(Terms(program=("-c", STALE))) as reader:
        assert reader.read(letters) == [unread(letters[0][0])]


def test_after_a_failure_here_no_answer_is_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    one, other = asked([raw("a"), raw("b")])
    with Reader(Terms()) as reader:
        reader.read([])
        with monkeypatch.context() as patched:
            patched.setattr(Connection, "recv", fails)
            with pytest.raises(MemoryError):
                reader.read([one])
        assert reader.read([other]) == [prepare(other[0])]


def test_what_ended_a_reader_is_not_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with Reader(TOUCHY) as reader:
        reader.read([])
        monkeypatch.setattr(reader, "_terms", Terms(program=("-c", "raise SystemExit")))
        with pytest.raises(CannotStart):
            reader.read(asked([raw("a"), raw("b", text="kill")]))


def test_where_no_thread_starts_letters_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    letters, readers = asked([raw("a")]), Readers(1, Terms(idle=0.1))
    with monkeypatch.context() as patched:
        patched.setattr(Thread, "start", fails)
        assert readers.read(letters).result(timeout=60) == [prepare(letters[0][0])]
    assert readers.read(letters).result(timeout=60) == [prepare(letters[0][0])]


def test_a_reader_knows_no_secret_and_no_django() -> None:
    told = "import os, sys, mailbox.reading.__main__; sys.exit(any(one.startswith(('django', 'psycopg')) for one in sys.modules))"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
    with Reader(Terms()) as reader:
        reader.read([])
        names = {one.partition(b"=")[0] for one in Path(f"/proc/{reader.pid}/environ").read_bytes().split(b"\0") if one}
    assert names <= {name.encode() for name in apart.KEPT}
