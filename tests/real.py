"""Real mail servers for the tests, each from a configuration of its own below a temporary folder.

`dovecot` keeps the letters of alice@crepes.fr, bob@hamburger.edu, charlie@crepes.fr and as many guests as tests want;
`postfix` takes letters for both domains and hands them to it. Both live as long as the session and end with it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbox.wire import Guard
from tests.dovecot import PASSWORD, PEOPLE, Dovecot
from tests.postfix import Postfix

__all__ = ["LOOPBACK", "PASSWORD", "PEOPLE", "Dovecot", "Postfix", "dovecot", "own_folder", "postfix"]

LOOPBACK = Guard(allow=("127.0.0.0/8", "::1/128"))


def own_folder() -> Path:
    """Short, because sockets lie in it, and open to the users that the servers run as."""
    folder = Path(tempfile.mkdtemp(prefix="rl-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    root = own_folder()
    try:
        server = Dovecot(root)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    root = own_folder()
    try:
        server = Postfix(root, dovecot)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
