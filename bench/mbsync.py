"""isync's mbsync beside the mirror: what it needs to pull the same mailbox."""

import os
import resource
import subprocess
from pathlib import Path

from tests.dovecot import Dovecot

MBSYNC = """{extra}
IMAPAccount there
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore there
Account there

MaildirStore here
Path {target}/
Inbox {target}/INBOX
SubFolders Verbatim

Channel all
Far :there:
Near :here:
Patterns *
Create Near
Sync Pull
SyncState *
"""


class Mbsync:
    """isync's mbsync, which pulls into a Maildir."""

    def __init__(self, dovecot: Dovecot, user: str, folder: Path, *, fsync: bool) -> None:
        self.target = folder / f"mbsync-{fsync}"
        self.target.mkdir()
        names = {"port": dovecot.imap, "user": user, "password": dovecot.users[user], "target": self.target}
        self.settings = folder / f"mbsync-{fsync}.rc"
        self.settings.write_text(MBSYNC.format(extra="" if fsync else "FSync no", **names))

    def run(self) -> float:
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["mbsync", "-q", "-c", str(self.settings), "all"], check=True, stdout=subprocess.DEVNULL)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime

    def count(self) -> int:
        return sum(len(files) for folder, _, files in os.walk(self.target) if folder.endswith(("/cur", "/new")))
