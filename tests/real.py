"""Real mail servers for the tests: Dovecot and Postfix, each from a configuration of its own on free loopback ports.

`dovecot` keeps the letters of alice@crepes.fr, bob@hamburger.edu and charlie@crepes.fr; `postfix` takes letters for both
domains and hands them to it by LMTP. Both live as long as the session, and end with it whatever happens.
"""

import pwd
import shutil
import smtplib
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from mailbox.wire import Credentials, Endpoint, Guard
from tests.daemons import Daemon, free_ports, need
from tests.fakes.authority import Authority

PASSWORD = "pickles-and-ketchup"
PEOPLE = ("alice@crepes.fr", "bob@hamburger.edu", "charlie@crepes.fr")
DOMAINS = ("crepes.fr", "hamburger.edu")
LOOPBACK = Guard(allow=("127.0.0.0/8", "::1/128"))

DOVECOT = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
listen = 127.0.0.1
protocols = imap pop3 lmtp
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = {uid}
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
mail_fsync = never
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = passwd-file
  args = {root}/users
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
  mailbox Archive {{
    auto = create
    special_use = \\Archive
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl}
  }}
}}
"""

POSTFIX = """
compatibility_level = 3.6
queue_directory = {root}/q
data_directory = {root}/d
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.crepes.fr
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.0/24
alias_maps =
biff = no
maillog_file = {root}/log
maillog_file_prefixes = {root}
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{root}/people
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:this Postfix delivers nowhere else
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_delay_reject = yes
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
message_size_limit = 52428800
"""


def own_folder() -> Path:
    """Short, because sockets lie in it, and open to the users that the servers run as."""
    folder = Path(tempfile.mkdtemp(prefix="rl-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


class Dovecot:
    """`users` maps addresses to passwords; every port is on 127.0.0.1."""

    host = "localhost"

    def __init__(self, root: Path) -> None:
        need("dovecot", "doveadm")
        self.root, self.authority = root, Authority(root)
        self.paper = self.authority.issue("localhost", "127.0.0.1")
        self.imap, self.imaps, self.pop3, self.pop3s, self.lmtp, self.sasl = self.ports = free_ports(6)
        self.users: dict[str, str] = {}
        self._owner = pwd.getpwnam("mail")
        self._numbers = count(1)
        (root / "mail").mkdir()
        for address in PEOPLE:
            self.admit(address)
        self._configuration = root / "dovecot.conf"
        self._configuration.write_text(self._text())
        self._daemon = Daemon(["dovecot", "-F", "-c", str(self._configuration)], root / "said", *self.ports)

    def _text(self) -> str:
        names = dict(zip(("imap", "imaps", "pop3", "pop3s", "lmtp", "sasl"), self.ports, strict=True))
        paper = {"certificate": self.paper.certificate, "key": self.paper.key}
        return DOVECOT.format(root=self.root, uid=self._owner.pw_uid, gid=self._owner.pw_gid, **names, **paper)

    def admit(self, address: str, password: str = PASSWORD) -> str:
        home = self.root / "mail" / address
        home.mkdir()
        shutil.chown(home, self._owner.pw_uid, self._owner.pw_gid)
        with (self.root / "users").open("a") as users:
            users.write(f"{address}:{{PLAIN}}{password}:{self._owner.pw_uid}:{self._owner.pw_gid}::{home}::\n")
        self.users[address] = password
        return address

    def newcomer(self) -> str:
        """The address of somebody whose mailbox is empty and nobody else's concern."""
        return self.admit(f"guest{next(self._numbers)}@crepes.fr")

    def endpoint(self, scheme: str = "imaps", address: str = PEOPLE[0]) -> Endpoint:
        port = {"imaps": self.imaps, "pop3s": self.pop3s}.get(scheme, self.pop3 if scheme.startswith("pop3") else self.imap)
        return Endpoint(scheme, self.host, port, address)

    def credentials(self, address: str = PEOPLE[0]) -> Credentials:
        return Credentials(address, self.users[address])

    def trust(self) -> ssl.SSLContext:
        return self.authority.trust()

    def deliver(self, address: str, raw: bytes, sender: str = "sender@example.org") -> None:
        """As the world's letters come: by LMTP, into the inbox."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as line:
            line.sendmail(sender, [address], raw)

    def doveadm(self, *words: str, stdin: bytes = b"") -> str:
        command = ["doveadm", "-c", str(self._configuration), *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout.decode()

    def save(self, address: str, folder: str, raw: bytes) -> None:
        self.doveadm("save", "-u", address, "-m", folder, stdin=raw)

    def log(self) -> str:
        return (self.root / "log").read_text()

    def stop(self) -> None:
        self._daemon.stop()


class Postfix:
    """Takes letters for both domains on `smtp`, from anybody; for elsewhere only from who has signed in, and refuses then."""

    host = "localhost"

    def __init__(self, root: Path, dovecot: Dovecot) -> None:
        need("postfix")
        self.root, self.dovecot = root, dovecot
        (self.smtp,) = self.ports = free_ports(1)
        for folder in ("c", "q", "d"):
            (root / folder).mkdir()
        shutil.chown(root / "d", "postfix")
        self._configure(root / "c")
        self._daemon = Daemon(["postfix", "-c", str(root / "c"), "start-fg"], root / "said", self.smtp)

    def _configure(self, folder: Path) -> None:
        shutil.copy("/etc/postfix/postfix-files", folder)
        (folder / "dynamicmaps.cf").touch()
        (self.root / "people").write_text("".join(f"{address} yes\n" for address in self.dovecot.users))
        paper = self.dovecot.paper
        text = POSTFIX.format(
            root=self.root, lmtp=self.dovecot.lmtp, sasl=self.dovecot.sasl, domains=", ".join(DOMAINS),
            certificate=paper.certificate, key=paper.key,
        )  # fmt: skip
        (folder / "main.cf").write_text(text)
        (folder / "master.cf").write_text(self._services())

    def _services(self) -> str:
        """Debian's, without its chroot, without pipes to programs, and with our port."""
        lines = []
        for line in Path("/etc/postfix/master.cf.proto").read_text().splitlines():
            words = line.split()
            if not words or line.startswith(("#", " ")) or words[7] == "pipe":
                continue
            words[4] = "n"
            if words[:2] == ["smtp", "inet"]:
                words[0] = f"127.0.0.1:{self.smtp}"
            lines.append(" ".join(words))
        return "\n".join(lines) + "\n"

    def log(self) -> str:
        return (self.root / "log").read_text()

    def stop(self) -> None:
        self._daemon.stop()


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
