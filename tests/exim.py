"""An Exim of the tests' own: another kind of MX, which speaks TLS by GnuTLS, offers SMTPUTF8 and DSN, and hands on nothing."""

import os
import pwd
from pathlib import Path

from tests.daemons import Daemon, free_ports
from tests.unpacked import environment_of, unpacked

CONFIGURATION = """
primary_hostname = mx.hamburger.edu
spool_directory = {root}/spool
log_file_path = {root}/spool/%slog
pid_file_path = {root}/spool/pid
keep_environment = ^LD_ : ^NSS_
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
host_lookup =
queue_only
message_size_limit = 20K
dsn_advertise_hosts = *
recipients_max = 3
recipients_max_reject = false
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny local_parts = nobody
       message = Unrouteable address
  defer local_parts = later
        message = Temporary local problem
  accept domains = hamburger.edu
  deny message = relay not permitted
data:
  deny condition = ${{if match{{$h_subject:}}{{unwanted}}}}
       message = This message was classified as SPAM
  accept
"""


class Exim:
    """Its program wants a user of its own to exist; only it is told that there is one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (self.smtp,) = free_ports(1)
        package, wrapper = unpacked("exim4-daemon-light"), unpacked("libnss-wrapper")
        owner = pwd.getpwnam("mail")
        (root / "spool").mkdir()
        os.chown(root / "spool", owner.pw_uid, owner.pw_gid)
        for name, home in (("passwd", ":/:/bin/false"), ("group", "")):
            people = [("root", 0), ("mail", owner.pw_uid), ("Debian-exim", owner.pw_uid)]
            lines = [f"{who}:x:{number}:{f'{owner.pw_gid if number else 0}:{home}' if home else ''}" for who, number in people]
            (root / name).write_text("\n".join(lines) + "\n")
        (root / "exim.conf").write_text(CONFIGURATION.format(root=root, port=self.smtp))
        environment = environment_of(package) | {
            "LD_PRELOAD": str(next(wrapper.rglob("libnss_wrapper.so"))),
            "NSS_WRAPPER_PASSWD": str(root / "passwd"),
            "NSS_WRAPPER_GROUP": str(root / "group"),
        }
        words = [str(package / "usr/sbin/exim4"), "-C", str(root / "exim.conf"), "-bdf"]
        self._daemon = Daemon(words, root / "said", self.smtp, environment=environment)

    @property
    def letters(self) -> list[bytes]:
        """What it took, without headers; each below one line of Exim's own."""
        return [path.read_bytes().partition(b"\n")[2] for path in sorted((self.root / "spool/input").glob("*-D"))]

    def envelopes(self) -> str:
        """What it notes of each letter: sender, addressees, header."""
        return "".join(path.read_text(errors="replace") for path in sorted((self.root / "spool/input").glob("*-H")))

    def log(self) -> str:
        path = self.root / "spool/mainlog"
        return path.read_text() if path.exists() else ""

    def stop(self) -> None:
        self._daemon.stop()
