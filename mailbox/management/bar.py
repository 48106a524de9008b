"""How far a long piece of work is, on one line of the operator's terminal; elsewhere it says nothing."""

from typing import TextIO

WIDTH = 30


class Bar:
    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream, self._what = stream, what
        self._shown = stream.isatty()

    def show(self, done: int, of: int) -> None:
        if self._shown:
            full = WIDTH * min(done, of) // of if of else WIDTH
            self._stream.write(f"\r{self._what} [{'#' * full}{'.' * (WIDTH - full)}] {done:,} / {of:,} ")
            self._stream.flush()

    def end(self) -> None:
        if self._shown:
            self._stream.write("\n")
