"""Between a client and a real IMAP server: hides capabilities as if the server had none of them, and cuts the line."""

import re
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

# What nobody may say to a server without the capability.
FORBIDDEN = {
    "MOVE": rb"\bUID MOVE\b",
    "UIDPLUS": rb"\bUID EXPUNGE\b",
    "CONDSTORE": rb"\(CONDSTORE\)|\bCHANGEDSINCE\b|\bHIGHESTMODSEQ\b",
    "QRESYNC": rb"\bENABLE [^\r]*QRESYNC|\(QRESYNC\b",
    "ESEARCH": rb"\bSEARCH RETURN\b",
    "LIST-STATUS": rb"\bRETURN [^\r]*STATUS\b",
    "SPECIAL-USE": rb"\bSPECIAL-USE\b",
    "IDLE": rb"\bIDLE\r",
}
UIDS = re.compile(rb"\[(?:APPENDUID|COPYUID) [^\]]*\] ?")


class ImapProxy:
    """`offences`: what was said though the capability for it was hidden. With `fuse` set, the line is cut after so many more
    lines of the server's; whoever connects afterwards has a whole one."""

    def __init__(self, server: tuple[str, int], hidden: Iterable[str] = ()) -> None:
        self._server, self._hidden = server, tuple(hidden)
        self.offences: list[bytes] = []
        self.fuse: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            back = threading.Thread(target=self._pump, args=(server, client, self._answer), daemon=True)
            back.start()
            self._pump(client, server, self._ask)
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
        with suppress(OSError), source.makefile("rb") as lines:
            for line in lines:
                target.sendall(change(line))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _ask(self, line: bytes) -> bytes:
        if any(re.search(FORBIDDEN[name], line) for name in self._hidden):
            self.offences.append(line)
        return line

    def _answer(self, line: bytes) -> bytes:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                raise OSError("cut")
        if b"CAPABILITY" in line:
            for name in self._hidden:
                line = re.sub(rb" %s(?=[ \]\r])" % name.encode(), b"", line)
        return UIDS.sub(b"", line) if "UIDPLUS" in self._hidden else line
