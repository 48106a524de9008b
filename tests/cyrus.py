"""A Cyrus of the tests' own: another kind of IMAP server, with CONDSTORE, QRESYNC and ideas of its own."""

import os
import pwd
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from mailbox.wire import Credentials, Endpoint
from tests.daemons import Daemon, free_ports
from tests.real import PASSWORD, own_folder
from tests.unpacked import environment_of, unpacked

SERVER = """
configdirectory: {root}/conf
partition-default: {root}/spool
cyrus_user: {user}
cyrus_group: {user}
admins: root
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {root}/mux
altnamespace: yes
unixhierarchysep: yes
autocreate_quota: 0
autocreate_inbox_folders: Sent | Drafts | Junk | Trash | Archive
xlist-sent: Sent
xlist-drafts: Drafts
xlist-junk: Junk
xlist-trash: Trash
xlist-archive: Archive
specialusealways: yes
conversations: no
duplicatesuppression: no
maxlogins_per_user: 0
syslog_prefix: cyrus
"""
PROCESSES = """
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {root}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {root}/imapd.conf" listen="127.0.0.1:{port}" prefork=1
}}
"""

FOLDERS = ("conf", "conf/db", "conf/socket", "conf/proc", "conf/log", "conf/lock", "spool", "spool/stage.")


class Cyrus:
    """The same to the tests as Dovecot, where it can be."""

    host, prefix = "127.0.0.1", ""

    def __init__(self, root: Path) -> None:
        self.root, self._numbers = root, count(1)
        package = unpacked("cyrus-imapd")
        (self.imap,) = free_ports(1)
        owner = pwd.getpwnam("mail")
        for name in FOLDERS:
            (root / name).mkdir()
            os.chown(root / name, owner.pw_uid, owner.pw_gid)
        (root / "imapd.conf").write_text(SERVER.format(root=root, user=owner.pw_name))
        programs = package / "usr/lib/cyrus/bin"
        (root / "cyrus.conf").write_text(PROCESSES.format(root=root, bin=programs, port=self.imap))
        self._door = Door(root / "mux")
        words = [str(programs / "master"), "-C", str(root / "imapd.conf")]
        words += ["-M", str(root / "cyrus.conf"), "-p", str(root / "pid")]
        self._daemon = Daemon(words, root / "said", self.imap, environment=environment_of(package))

    def newcomer(self) -> str:
        """Whoever signs in first has a mailbox from then on."""
        return f"guest{next(self._numbers)}"

    def endpoint(self, scheme: str, address: str) -> Endpoint:
        return Endpoint(scheme, self.host, self.imap, address)

    def credentials(self, address: str) -> Credentials:
        return Credentials(address, PASSWORD)

    def trust(self) -> ssl.SSLContext | None:
        return None

    def stop(self) -> None:
        self._daemon.stop()
        self._door.close()


class Door:
    """What saslauthd does: four strings come, each behind its length in two octets, and OK or NO goes back so."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o777)
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                with line, line.makefile("rb") as words:
                    _user, password, _service, _realm = (words.read(int.from_bytes(words.read(2))) for _ in range(4))
                    answer = b"OK" if password.decode() == PASSWORD else b"NO"
                    line.sendall(len(answer).to_bytes(2) + answer)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    root = own_folder()
    try:
        server = Cyrus(root)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
