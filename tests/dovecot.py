"""A Dovecot of the tests' own: IMAP, POP3 and LMTP on free loopback ports, certificates by an authority of its own."""

import os
import pwd
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterable
from pathlib import Path

from mailbox.wire import Credentials, Endpoint
from tests.daemons import Daemon, free_ports, need, wait_until
from tests.fakes.authority import Authority

PASSWORD = "pickles-and-ketchup"
PEOPLE = ("alice@crepes.fr", "bob@hamburger.edu", "charlie@crepes.fr")
GUESTS = 2_000  # admitted from the start: Dovecot looks at the list of its users once a second only

CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
listen = 127.0.0.1
protocols = imap pop3 lmtp
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256
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
default_client_limit = 10000
service imap {{
  process_limit = 4096
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  service_count = 0
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
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl}
  }}
}}
"""


class Dovecot:
    """`users` maps addresses to passwords; every port is on 127.0.0.1."""

    host = "localhost"

    def __init__(self, root: Path) -> None:
        need("dovecot", "doveadm")
        self.root, self.authority = root, Authority(root)
        self.paper = self.authority.issue("localhost", "127.0.0.1")
        self.imap, self.imaps, self.pop3, self.pop3s, self.lmtp, self.sasl = self.ports = free_ports(6)
        self._owner = pwd.getpwnam("mail")
        (root / "mail").mkdir(exist_ok=True)
        shutil.chown(root / "mail", self._owner.pw_uid, self._owner.pw_gid)
        guests = [f"guest{number}@crepes.fr" for number in range(GUESTS)]
        self.users = dict.fromkeys((*PEOPLE, *guests), PASSWORD)
        self._strangers = iter(guests)
        (root / "users").write_text("".join(map(self._entry, self.users)))
        self._configuration = root / "dovecot.conf"
        self._configuration.write_text(self._text())
        self._daemon = Daemon(["dovecot", "-F", "-c", str(self._configuration)], root / "said", *self.ports)

    def _text(self) -> str:
        names = dict(zip(("imap", "imaps", "pop3", "pop3s", "lmtp", "sasl"), self.ports, strict=True))
        paper = {"certificate": self.paper.certificate, "key": self.paper.key}
        return CONFIGURATION.format(root=self.root, uid=self._owner.pw_uid, gid=self._owner.pw_gid, **names, **paper)

    def _entry(self, address: str) -> str:
        home = self.root / "mail" / address
        return f"{address}:{{PLAIN}}{self.users[address]}:{self._owner.pw_uid}:{self._owner.pw_gid}::{home}::\n"

    def newcomer(self) -> str:
        """The address of somebody whose mailbox is empty and nobody else's concern."""
        return next(self._strangers)

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

    def fill(self, address: str, letters: Iterable[bytes], folder: str = "INBOX") -> int:
        """Many at once into a folder, as a delivery agent writes them into its Maildir. Returns their octets."""
        home = self.root / "mail" / address
        maildir = home / "Maildir" / ("" if folder == "INBOX" else f".{folder}")
        for part in ("new", "cur", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        octets = 0
        for number, raw in enumerate(letters):
            path = maildir / "new" / f"{1_770_000_000 + number}.M{number}.tests"
            octets += path.write_bytes(raw.replace(b"\r\n", b"\n"))
        for path in (home, *home.rglob("*")):
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        return octets

    def doveadm(self, *words: str, stdin: bytes = b"") -> str:
        command = ["doveadm", "-c", str(self._configuration), *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout.decode()

    def save(self, address: str, folder: str, raw: bytes) -> None:
        self.doveadm("save", "-u", address, "-m", folder, stdin=raw)

    def count(self, address: str, folder: str = "INBOX") -> int:
        return int(self.doveadm("-f", "flow", "mailbox", "status", "-u", address, "messages", folder).split("=")[-1])

    def wait_for_letters(self, address: str, number: int, folder: str = "INBOX") -> None:
        wait_until(lambda: self.count(address, folder) >= number, f"Letter {number} in {folder} of {address}")

    def log(self) -> str:
        return (self.root / "log").read_text()

    def stop(self) -> None:
        self._daemon.stop()
