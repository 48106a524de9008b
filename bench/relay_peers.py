"""What bench_relay.py measures with and against: Postfix with its defaults, its smtp-sink, and a host that never answers."""

import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

MASTER = "/usr/lib/postfix/sbin/master"
QUEUES = ("maildrop", "incoming", "active", "deferred")
CONFIGURATION = """
compatibility_level = 3.6
queue_directory = {root}/q
data_directory = {root}/d
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.crepes.fr
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtp_host_lookup = native
maillog_file = {root}/log
maillog_file_prefixes = {root}
alias_maps =
biff = no
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"Nothing listens on port {port}.")


class Sink:
    """smtp-sink, which takes everything."""

    def __enter__(self) -> "Sink":
        self.port = free_port()
        self.process = subprocess.Popen(
            ["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "1000"], stderr=subprocess.DEVNULL
        )
        wait_for(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def tarpit() -> Iterator[int]:
    """Takes connections, and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def hold() -> None:
        with suppress(OSError):
            while True:
                held.append(server.accept()[0])

    threading.Thread(target=hold, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.close()
        for line in held:
            line.close()


class PostfixRelay:
    """A Postfix of its own with Debian's defaults; everything goes to the sink."""

    def __init__(self, stack: ExitStack, sink: int) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="bench-postfix-", dir="/tmp"))
        stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.port, self.etc = free_port(), self.root / "etc"
        self.root.chmod(0o755)
        for folder in ("etc", "q", "d"):
            (self.root / folder).mkdir()
        shutil.chown(self.root / "d", "postfix")
        shutil.copy("/etc/postfix/postfix-files", self.etc)
        (self.etc / "dynamicmaps.cf").touch()
        (self.etc / "main.cf").write_text(CONFIGURATION.format(root=self.root, sink=sink))
        (self.etc / "master.cf").write_text(self._services())
        self._say("start")
        stack.callback(self._say, "stop")
        wait_for(self.port)

    def _services(self) -> str:
        """Debian's, without its chroot, without pipes to programs, and with our port."""
        lines = []
        for line in Path("/etc/postfix/master.cf.proto").read_text().splitlines():
            words = line.split()
            if not words or line.startswith(("#", " ")) or words[7] == "pipe":
                continue
            words[4] = "n"
            words[0] = f"127.0.0.1:{self.port}" if words[:2] == ["smtp", "inet"] else words[0]
            lines.append(" ".join(words))
        return "\n".join(lines) + "\n"

    def _say(self, *words: str) -> None:
        subprocess.run(["postfix", "-c", str(self.etc), *words], check=True, capture_output=True)

    def _set(self, setting: str) -> None:
        subprocess.run(["postconf", "-c", str(self.etc), "-e", setting], check=True)

    def _offer(self, letters: int, size: int) -> None:
        words = ["-s", "20", "-m", str(letters), "-l", str(size), "-d", "-f", "alice@crepes.fr", "-t", "bob@hamburger.edu"]
        subprocess.run(["/usr/sbin/smtp-source", *words, f"127.0.0.1:{self.port}"], check=True, timeout=600)

    def _queued(self) -> int:
        listed = subprocess.run(["find", *(str(self.root / "q" / name) for name in QUEUES), "-type", "f"], capture_output=True)
        return len(re.findall(rb"\n", listed.stdout))

    def _until_empty(self) -> None:
        while self._queued():
            time.sleep(0.1)

    def through(self, letters: int, size: int) -> float:
        began = time.perf_counter()
        self._offer(letters, size)
        self._until_empty()
        return letters / (time.perf_counter() - began)

    def deliver(self, letters: int, size: int) -> float:
        """Its queue is filled while it may not deliver; then it is let go."""
        self._set("defer_transports=smtp")
        self._say("reload")
        self._offer(letters, size)
        while len(list((self.root / "q" / "deferred").rglob("*"))) - 16 < letters:
            time.sleep(0.2)
        self._set("defer_transports=")
        self._say("stop")
        self._say("start")
        time.sleep(1)
        began = time.perf_counter()
        subprocess.run(["postqueue", "-c", str(self.etc), "-f"], check=True)
        self._until_empty()
        return letters / (time.perf_counter() - began)
