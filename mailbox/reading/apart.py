"""Many letters are made ready by another process, beside what this one does meanwhile and behind a wall.

A reader process is started when there is enough for it, shared by all threads, and gone when it has nothing to do for a
while or this process is gone. It has no database and no secret. A letter that kills it, or takes it too long, costs only it:
the letters that it had are read one by one, and the one at fault is set aside with its bytes.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from queue import Empty, SimpleQueue
from socket import AF_UNIX, SO_RCVTIMEO, SO_SNDTIMEO, SOCK_STREAM, SOL_SOCKET, fromfd
from struct import pack
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from mailbox.reading.arrival import Arrival
from mailbox.reading.ready import Read, Ready, prepare, unread

logger = logging.getLogger(__name__)

ENOUGH = 50  # letters for which a process is worth its start
PIECE = 32  # letters that go over together,
OCTETS = 512 << 10  # or so many octets of them
TRIES = 2  # times that one letter may kill its reader
KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH")  # of the environment; it holds our secrets too
ROOT = Path(__file__).resolve().parents[2]

Asked = tuple[Arrival, bool]  # a letter, and whether it is found from now on
Piece = Sequence[Asked]
Making = Future[list[Ready]]  # a piece under way


class Died(Exception):
    """The reader process, or it was ended because it took too long."""


class CannotStart(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a process without work is kept, how long it may keep us waiting and how much memory it may have; and what runs
    in it."""

    idle: float = 20.0
    patience: float = 60.0
    room: int = 1 << 30
    program: tuple[str, ...] = ("-m", "mailbox.reading")


class Reader:
    """A reader process, started when it is first asked, and anew when it has died."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def read(self, piece: Piece) -> list[Ready]:
        """Raises CannotStart after a death: what may have ended a reader is never read here, and another pass brings it."""
        try:
            return self._ask(piece)
        except CannotStart as error:
            logger.warning("No process for reading can be started (%s); letters are read here.", error)
            return [prepare(arrival, findable=found) for arrival, found in piece]
        except Died:
            return [self._alone(one) for one in piece]

    def _alone(self, asked: Asked) -> Ready:
        for _ in range(TRIES):
            with suppress(Died):
                return self._ask([asked])[0]
        logger.error("A letter of %d bytes ends whoever reads it, and is set aside.", len(asked[0].raw))
        return unread(asked[0])

    def _ask(self, piece: Piece) -> list[Ready]:
        try:
            if self._process is None:
                self._start()
            self._asked += 1
            self._line.send((self._asked, piece))
            return [Ready(arrival, *read) for (arrival, _), read in zip(piece, self._hear(), strict=True)]
        except (EOFError, OSError) as error:
            self.close()
            raise Died from error
        except BaseException:  # half an answer may still lie in the pipe
            self.close()
            raise

    def _hear(self) -> Sequence[Read]:
        found: Sequence[Read]
        number, found = self._line.recv()
        if number != self._asked:
            raise EOFError
        return found

    def _start(self) -> None:
        """It says a word when it is there: one that never was has not died of a letter."""
        self._asked = 0
        try:
            self._line, theirs = Pipe()
            with theirs:
                _limit(self._line, self._terms.patience)
                self._process = self._run(theirs.fileno())
            self._hear()
        except (EOFError, OSError) as error:
            raise CannotStart(repr(error)) from error

    def _run(self, end: int) -> "subprocess.Popen[bytes]":
        words = [sys.executable, *self._terms.program, str(end), str(self._terms.room)]
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return subprocess.Popen(  # noqa: S603 our own words
            words, cwd=ROOT, env=kept, pass_fds=[end], stdin=subprocess.DEVNULL, start_new_session=True
        )

    def close(self) -> None:
        if self._process:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._process = None


def _limit(line: Connection, patience: float) -> None:
    """A send or recv that has to wait longer raises an OSError."""
    with fromfd(line.fileno(), AF_UNIX, SOCK_STREAM) as end:
        for option in (SO_SNDTIMEO, SO_RCVTIMEO):
            end.setsockopt(SOL_SOCKET, option, pack("ll", int(patience), int(patience % 1 * 1e6)))


class Readers:
    """As many processes as there is work for; each is in the hands of a thread."""

    def __init__(self, most: int, terms: Terms = Terms()) -> None:
        self._most, self._terms = most, terms
        self._jobs: SimpleQueue[tuple[Piece, Making]] = SimpleQueue()
        self._lock = Lock()
        self.hands = self._open = 0

    def read(self, piece: Piece) -> Making:
        answer = Making()
        with self._lock:
            self._open += 1
            if self.hands < min(self._most, self._open):
                self._grow()
            if self.hands:
                self._jobs.put((piece, answer))
                return answer
        with Reader(self._terms) as reader:
            self._answer(reader, piece, answer)
        return answer

    def _grow(self) -> None:
        with suppress(RuntimeError):  # no thread can be started
            Thread(target=self._serve, name="letters", daemon=True).start()
            self.hands += 1

    def _serve(self) -> None:
        with Reader(self._terms) as reader:
            for piece, answer in self._until_idle():
                self._answer(reader, piece, answer)

    def _answer(self, reader: Reader, piece: Piece, answer: Making) -> None:
        try:
            answer.set_result(reader.read(piece))
        except BaseException as error:  # whoever waits must hear of it
            answer.set_exception(error)
        with self._lock:
            self._open -= 1

    def _until_idle(self) -> Iterator[tuple[Piece, Making]]:
        while True:
            try:
                yield self._jobs.get(timeout=self._terms.idle)
            except Empty:
                with self._lock:
                    if self._jobs.empty():
                        self.hands -= 1
                        return


_readers = Readers(min(4, os.cpu_count() or 2))


def prepare_many(letters: Iterable[Asked], number: int, readers: Readers = _readers) -> list[Making]:
    """In order, some at a time, until all are sent off; they may still be on their way to here, about so many."""
    if number >= ENOUGH:
        return [readers.read(piece) for piece in _pieces(letters)]
    here = Making()
    here.set_result([prepare(arrival, findable=found) for arrival, found in letters])
    return [here]


def _pieces(letters: Iterable[Asked]) -> Iterator[Piece]:
    piece: list[Asked] = []
    octets = 0
    for asked in letters:
        piece.append(asked)
        octets += len(asked[0].raw)
        if len(piece) >= PIECE or octets >= OCTETS:
            yield piece
            piece, octets = [], 0
    if piece:
        yield piece
