"""The servers of a demonstration post office: pymap for IMAP and a small aiosmtpd for SMTP, over the same maildirs."""

import os
import signal
import sys
from pathlib import Path
from typing import ClassVar

from mailbox.management.ground import Ground
from mailbox.management.offices.facts import HOST, Facts
from mailbox.management.servers import Server, answers

POSTMAN = Path(__file__).with_name("postman.py")


class Door(Server):
    """A library that wants the standard mailbox module: isolated from our path (-I), and started elsewhere."""

    dying_signal: ClassVar[signal.Signals | None] = signal.SIGKILL  # a maildir is never half written
    protocol: ClassVar[str]
    greeting: ClassVar[bytes]

    def __init__(self, ground: Ground, domain: str, facts: Facts) -> None:
        super().__init__(ground)
        self.name = f"{self.protocol}-{domain}"
        self.domain = domain
        self.port = facts.ports[f"{self.protocol} {domain}"]
        self.folder = office_folder(ground, domain)

    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # pymap reads file times as local time

    def is_ready(self) -> bool:
        return answers((HOST, self.port), b"", self.greeting)


class Imap(Door):
    protocol = "imap"
    greeting = b"* OK"

    def prepare(self) -> None:
        for stale in self.folder.rglob("*.lock"):  # what a kill -9 left would hold up everybody for ten minutes
            stale.unlink(missing_ok=True)
        self.scratch.mkdir(exist_ok=True, mode=0o700)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "TMPDIR": str(self.scratch)}  # it renames from there, so it must be the same disk

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    def command(self) -> list[str]:
        script = Path(sys.executable).parent / "pymap"
        listen = ["--host", HOST, "--port", str(self.port), "--no-tls"]
        return [sys.executable, "-I", str(script), *listen, "maildir", str(self.folder)]


class Smtp(Door):
    protocol = "smtp"
    greeting = b"220 "

    def command(self) -> list[str]:
        return [sys.executable, "-I", str(POSTMAN), HOST, str(self.port), self.domain, str(self.folder)]


def office_folder(ground: Ground, domain: str) -> Path:
    return ground.data / "offices" / domain
