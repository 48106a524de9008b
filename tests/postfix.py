"""A Postfix of the tests' own: takes letters for two domains by SMTP and hands them to Dovecot by LMTP; no DNS, no world."""

import shutil
import smtplib
import subprocess
from pathlib import Path

from tests.daemons import PATIENCE, Daemon, free_ports, need
from tests.dovecot import Dovecot

MASTER = "/usr/lib/postfix/sbin/master"
DOMAINS = ("crepes.fr", "hamburger.edu")

CONFIGURATION = """
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
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
message_size_limit = 52428800
"""


def read(text: str) -> dict[str, str]:
    """The settings of a main.cf without continued lines."""
    pairs = (line.partition("=") for line in text.strip().splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


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
        subprocess.run(["postfix", "-c", str(root / "c"), "check"], check=True, capture_output=True)  # makes its queue
        self._daemon = Daemon([MASTER, "-c", str(root / "c"), "-s"], root / "said", self.smtp)  # no shell above it
        try:
            self._greets()
        except BaseException:
            self.stop()
            raise

    def _greets(self) -> None:
        """Its master takes lines before any process of its can answer them."""
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=PATIENCE):
                pass
        except (OSError, smtplib.SMTPException) as error:
            raise AssertionError(f"Postfix does not greet: {error}\n{self.log()[-4000:]}") from error

    def _configure(self, folder: Path) -> None:
        shutil.copy("/etc/postfix/postfix-files", folder)
        (folder / "dynamicmaps.cf").touch()
        (self.root / "people").write_text("".join(f"{address} yes\n" for address in self.dovecot.users))
        paper = self.dovecot.paper
        text = CONFIGURATION.format(
            root=self.root, lmtp=self.dovecot.lmtp, sasl=self.dovecot.sasl, domains=", ".join(DOMAINS),
            certificate=paper.certificate, key=paper.key,
        )  # fmt: skip
        (folder / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in (read(text) | self.more()).items()))
        (folder / "master.cf").write_text(self._services())

    def more(self) -> dict[str, str]:
        """Settings to add or to put in place of ours. A name given twice makes each of its programs warn, its logger too,
        which then waits for itself for ever."""
        return {}

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

    def submit(self, sender: str, recipient: str, raw: bytes) -> None:
        """As another server of the world would; Dovecot has it a moment later."""
        with smtplib.SMTP("127.0.0.1", self.smtp) as line:
            line.sendmail(sender, [recipient], raw)

    def log(self) -> str:
        return (self.root / "log").read_text()

    def stop(self) -> None:
        self._daemon.stop()
