"""Another kind of mail server for the tests: pymap, which offers few extensions. A child process, because it wants the
standard library's `mailbox` and must not find ours."""

import os
import shutil
import ssl
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from pysasl.hashing import BuiltinHash

from mailbox.management.offices.maildirs import make_maildir
from mailbox.wire import Credentials, Endpoint
from tests.daemons import Daemon, free_ports
from tests.real import PASSWORD, own_folder


class Pymap:
    """The same to the tests as Dovecot, where it can be."""

    host = "127.0.0.1"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digest = BuiltinHash(rounds=1000).hash(PASSWORD)
        self._numbers = count(1)
        (self.imap,) = free_ports(1)
        for name in ("passwd", "shadow", "group"):
            (root / f"pymap-etc-{name}").touch()
        scratch = root / "scratch"  # it renames from there into the maildirs
        scratch.mkdir()
        words = [sys.executable, "-I", str(Path(sys.executable).with_name("pymap"))]
        words += ["--host", self.host, "--port", str(self.imap), "--no-tls", "maildir", str(root)]
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(scratch)}
        self._daemon = Daemon(words, root / "said", self.imap, environment=environment)

    def newcomer(self) -> str:
        address = f"guest{next(self._numbers)}@crepes.fr"
        home = address.partition("@")[0]
        make_maildir(self.root / home)
        with (self.root / "pymap-etc-passwd").open("a") as people:
            people.write(f"{address}::1000:1000::{home}:\n")
        with (self.root / "pymap-etc-shadow").open("a") as digests:
            digests.write(f"{address}:{self._digest}:::::::\n")
        return address

    def endpoint(self, scheme: str, address: str) -> Endpoint:
        return Endpoint(scheme, self.host, self.imap, address)

    def credentials(self, address: str) -> Credentials:
        return Credentials(address, PASSWORD)

    def trust(self) -> ssl.SSLContext | None:
        return None

    def stop(self) -> None:
        self._daemon.stop()


@pytest.fixture(scope="session")
def pymap() -> Iterator[Pymap]:
    root = own_folder()
    try:
        server = Pymap(root)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
