"""SMTP servers that follow a script, for faults that no real server plays.

A script is what goes over the wire, a line each, and nothing else may happen:

    S: 250 ok          the server says this line
    C: MAIL FROM:<*>   the client must say this (* stands for anything)
    LETTER             the client sends a letter, up to the lone dot; it is kept in `letters`
    RAW \\x00abc        the server sends these bytes as they are (Python escapes)
    TLS                the handshake, with the server's paper; TLS FAILS: the client breaks it off
    HANG               the server is silent until the client hangs up or the test ends
    WAIT               the server is silent until the test calls `go()`
    CLOSE              the server hangs up; RESET: it hangs up rudely

Each connection plays the next script; leaving the block fails the test if a script was not followed to its end.
"""

import fnmatch
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailbox.wire import Endpoint


class OffScript(Exception):
    pass


class ScriptedServer:
    def __init__(self, scripts: tuple[str, ...], tls: ssl.SSLContext | None) -> None:
        self.scripts = [[line.strip() for line in script.strip().splitlines() if line.strip()] for script in scripts]
        self.tls = tls
        self.letters: list[bytes] = []
        self.heard: list[str] = []
        self.trouble: list[str] = []
        self.over = threading.Event()
        self.gate = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def endpoint(self, scheme: str = "smtp+plain") -> Endpoint:
        return Endpoint(scheme, "127.0.0.1", self.port)

    def go(self) -> None:
        self.gate.set()

    def play(self, line: socket.socket) -> "Play":
        return Play(self, line)

    def finish(self) -> None:
        self.over.set()
        self._thread.join(20)
        self._socket.close()
        if self._thread.is_alive():
            self.trouble.append("the scripts were not played to their end")

    def _serve(self) -> None:
        for number, script in enumerate(self.scripts, 1):
            self._socket.settimeout(60)  # a worker that shall connect has to start first
            try:
                line, _ = self._socket.accept()
                line.settimeout(20)
                self.play(line).all(script)
            except (OffScript, OSError) as error:
                self.trouble.append(f"connection {number}: {error!r}")


class Play:
    """One connection."""

    def __init__(self, server: ScriptedServer, line: socket.socket) -> None:
        self.server = server
        self.line = line
        self.unread = b""

    def all(self, script: list[str]) -> None:
        try:
            for step in script:
                word, _, rest = step.partition(" ")
                getattr(self, word.rstrip(":").lower())(rest)
        finally:
            self.line.close()

    def s(self, text: str) -> None:
        self.line.sendall(text.encode() + b"\r\n")

    def raw(self, text: str) -> None:
        self.line.sendall(text.encode().decode("unicode_escape").encode("latin-1"))

    def c(self, pattern: str) -> None:
        said = self._until(b"\r\n").decode()
        self.server.heard.append(said)
        if not fnmatch.fnmatchcase(said, pattern.replace("[", "[[]")):
            raise OffScript(f"{said!r} came where {pattern!r} should have")

    def letter(self, _: str) -> None:
        self.server.letters.append(self._until(b"\r\n.\r\n") + b"\r\n")

    def tls(self, rest: str) -> None:
        assert self.server.tls
        try:
            self.line = self.server.tls.wrap_socket(self.line, server_side=True)
        except OSError:
            if rest != "FAILS":
                raise

    def hang(self, _: str) -> None:
        self.line.settimeout(0.05)
        while not self.server.over.is_set():
            with suppress(TimeoutError):
                if not self.line.recv(65536):
                    return

    def wait(self, _: str) -> None:
        assert self.server.gate.wait(20)

    def close(self, _: str) -> None:
        self.line.close()

    def reset(self, _: str) -> None:
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()

    def _until(self, end: bytes) -> bytes:
        while end not in self.unread:
            if not (data := self.line.recv(65536)):
                raise OffScript(f"the client hung up after {self.unread!r}")
            self.unread += data
        found, _, self.unread = self.unread.partition(end)
        return found


@contextmanager
def scripted(*scripts: str, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """A server on 127.0.0.1 that plays one script for each connection, in turn."""
    server = ScriptedServer(scripts, tls)
    try:
        yield server
    finally:
        server.finish()
    assert not server.trouble, server.trouble
