"""A Courier of the tests' own: another kind of IMAP server, with few extensions and every folder below INBOX.

Its own sign-in needs a daemon at a fixed place of the machine. Here a door of ours does that part, as its imaplogin does:
it greets, takes one LOGIN, and hands the line to Courier's imapd in the Maildir of that person.
"""

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from mailbox.management.offices.maildirs import make_maildir
from mailbox.wire import Credentials, Endpoint
from tests.real import PASSWORD, own_folder
from tests.unpacked import environment_of, unpacked

OFFERED = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
FOLDERS = ("Sent", "Drafts", "Junk", "Trash", "Archive")
LOGIN = re.compile(rb'(\S+) LOGIN "?([^" ]+)"? "?([^" \r\n]+)"?\r\n', re.IGNORECASE)


class Courier:
    """The same to the tests as Dovecot, where it can be."""

    host, prefix = "127.0.0.1", "INBOX."

    def __init__(self, root: Path) -> None:
        self.root, self._numbers = root, count(1)
        package = unpacked("courier-imap")
        self._program = package / "usr/bin/imapd"
        self._environment = environment_of(package) | {
            "IMAP_CAPABILITY": OFFERED, "IMAP_KEYWORDS": "1", "IMAP_USELOCKS": "0", "IMAP_ACL": "0", "IMAP_STARTTLS": "NO",
            "IMAP_EMPTYTRASH": "", "IMAP_CHECK_ALL_FOLDERS": "1", "IMAP_DISABLETHREADSORT": "0", "IMAP_ENHANCEDIDLE": "0",
            "IMAP_OBSOLETE_CLIENT": "0", "IMAP_MAILBOX_SANITY_CHECK": "0", "IMAP_TRASHFOLDERNAME": "Trash",
        }  # fmt: skip
        self._owner = pwd.getpwnam("mail")
        self._listener = socket.create_server((self.host, 0))
        self.imap = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def newcomer(self) -> str:
        address = f"guest{next(self._numbers)}"
        home = self.root / address / "Maildir"
        for folder in (home, *(home / f".{name}" for name in FOLDERS)):
            make_maildir(folder)
        for path in (home.parent, home, *home.rglob("*")):
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        return address

    def endpoint(self, scheme: str, address: str) -> Endpoint:
        return Endpoint(scheme, self.host, self.imap, address)

    def credentials(self, address: str) -> Credentials:
        return Credentials(address, PASSWORD)

    def trust(self) -> ssl.SSLContext | None:
        return None

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._let_in, args=(line,), daemon=True).start()

    def _let_in(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.sendall(f"* OK [CAPABILITY {OFFERED}] Courier-IMAP ready.\r\n".encode())
            words = b""
            while not words.endswith(b"\n") and (more := line.recv(1)):
                words += more
            if (login := LOGIN.fullmatch(words)) and login[3].decode() == PASSWORD:
                self._hand_over(line, login[1].decode(), login[2].decode())

    def _hand_over(self, line: socket.socket, tag: str, user: str) -> None:
        home = self.root / user
        asked = {"PROTOCOL": "IMAP", "IMAPLOGINTAG": tag, "AUTHENTICATED": user, "AUTHADDR": user, "TCPREMOTEIP": self.host}
        asked |= {"TCPREMOTEPORT": "1", "HOME": str(home), "MAILDIR": str(home / "Maildir")}
        who = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        with (self.root / "said").open("ab") as said:
            lines = {"stdin": line, "stdout": line, "stderr": said}
            subprocess.Popen([self._program, home / "Maildir"], cwd=home, env=self._environment | asked, **lines, **who).wait()

    def stop(self) -> None:
        self._listener.close()


@pytest.fixture(scope="session")
def courier() -> Iterator[Courier]:
    root = own_folder()
    try:
        server = Courier(root)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
