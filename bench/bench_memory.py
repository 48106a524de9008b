"""Memory of every process of the house after the start, and after mailboxes of several sizes have been mirrored by it.

    python bench/bench_memory.py [--letters 1000 10000] [--slim 1] [--lines 200]

Runs as root on Debian with dovecot-imapd: starts the house (`manage.py up`, embedded servers, a temporary folder) and a
Dovecot, fills one mailbox for each size, connects it, and waits until the mirror worker has it all. PSS counts shared pages
by their share; "peak" is the highest RSS that a process ever had. What counts is that the columns of the sizes are alike.
The idle lines are the watcher's kind, over TLS, in a process of their own that does nothing else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.synthetic import letters  # noqa: E402 the root comes first, because the standard library has a mailbox too
from mailbox.imap.limits import LIMITS, TIMEOUTS  # noqa: E402
from mailbox.imap.line import Line  # noqa: E402
from mailbox.imap.link import dial  # noqa: E402
from mailbox.management.pidfile import read  # noqa: E402
from tests.daemons import Daemon, free_ports, wait_until  # noqa: E402
from tests.dovecot import Dovecot  # noqa: E402
from tests.real import LOOPBACK, own_folder  # noqa: E402

PARTS = ("web", "relay", "mirror", "clock", "watch")
BATCH = 500  # letters made at once
WARM = 20  # idle lines that are not counted: what the first ones load is everybody's
PATIENCE = 1800  # seconds for one import
Memory = dict[str, int]  # KB


def memory(pid: int) -> Memory:
    """RSS, PSS and the highest RSS so far (proc(5))."""
    smaps, status = dict(_fields(pid, "smaps_rollup")), dict(_fields(pid, "status"))
    return {"rss": smaps["Rss"], "pss": smaps["Pss"], "peak": status["VmHWM"]}


def _fields(pid: int, name: str) -> Iterator[tuple[str, int]]:
    for line in Path(f"/proc/{pid}/{name}").read_text().splitlines():
        field, _, value = line.partition(":")
        if value.endswith(" kB"):
            yield field, int(value.split()[0])


class House:
    """`manage.py up` below a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        (port,) = free_ports(1)
        for name in ("DATABASE_URL", "REDIS_URL", "VAULT_KEYS", "SECRET_KEY", "XDG_RUNTIME_DIR"):
            os.environ.pop(name, None)
        os.environ |= {"EMBEDDED": "1", "DATA_DIR": str(self.data), "PORT": str(port)}
        os.environ["ALLOW_PRIVATE_HOSTS"] = " ".join(LOOPBACK.allow)
        command = [sys.executable, str(ROOT / "manage.py"), "up"]
        self.up = Daemon(command, folder / "up.log", port, environment=dict(os.environ), patience=180)
        wait_until(lambda: all(map(self.pid, PARTS)), "The start of every process", 60)

    def pid(self, part: str) -> int:
        return read(self.data / "pids" / f"{part}.json")[0] or 0

    def memory(self) -> dict[str, Memory]:
        """Of the mirror also its readers, which are there for a while after an import."""
        return {part: memory(self.pid(part)) for part in PARTS} | {"readers": self._readers()}

    def _readers(self) -> Memory:
        tasks = Path(f"/proc/{self.pid('mirror')}/task").glob("*/children")
        found = [memory(int(pid)) for task in tasks for pid in task.read_text().split()]
        return {name: sum(one[name] for one in found) for name in ("rss", "pss", "peak")}

    def connect(self, address: str, incoming: str, password: str) -> None:
        words = [sys.executable, str(ROOT / "manage.py"), "connect", address, address]
        words += ["--incoming", incoming, "--outgoing", "direct:", "--no-check"]
        subprocess.run(words, input=f"{password}\n".encode(), check=True, stdout=subprocess.DEVNULL)

    def mirrored(self, address: str) -> int:
        from mailbox.models import Placement

        return Placement.objects.filter(folder__mailbox__address=address, gone_at=None, message__remote=False).count()


@contextmanager
def standing() -> Iterator[tuple[House, Dovecot]]:
    """Both up, and Django in this process set up to look into the house's tables."""
    folders = own_folder(), own_folder()
    try:
        dovecot, house = Dovecot(folders[0]), House(folders[1])
        os.environ["DJANGO_SETTINGS_MODULE"] = "webmail.settings"
        import django

        django.setup()
        yield house, dovecot
        house.up.stop()
        dovecot.stop()
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def import_one(house: House, dovecot: Dovecot, number: int, slim: float) -> dict[str, Any]:
    address = dovecot.newcomer()
    made = (raw for start in range(0, number, BATCH) for raw in letters(min(BATCH, number - start), seed=start, slim=slim))
    octets = dovecot.fill(address, made)
    start = time.monotonic()
    house.connect(address, str(dovecot.endpoint("imap+plain", address)), dovecot.users[address])
    wait_until(lambda: house.mirrored(address) >= number, f"The import of {number} letters", PATIENCE)
    seconds = time.monotonic() - start
    time.sleep(3)  # what the worker held for the import is given back
    return {"letters": number, "mb": octets >> 20, "seconds": round(seconds, 1), "memory": house.memory()}


def hold(number: int, port: int) -> None:
    """In a process of its own: sign in that often, listen, and say what it took. The people come on stdin."""
    import select
    import ssl

    from mailbox.wire import Credentials, Endpoint

    people = json.load(sys.stdin)
    trust = ssl.create_default_context(cafile=people.pop("root"))
    lines: list[Line] = []
    for address, password in people.items():
        link = dial(Endpoint("imaps", "localhost", port), LOOPBACK, limits=LIMITS, timeouts=TIMEOUTS, trust=trust)
        line = Line(link, Credentials(address, password), now=0)
        while not line.idling:
            assert not line.trouble, line.trouble
            select.select([line], [line] if line.wants_write else [], [], 10)
            line.ready(0)
        lines.append(line)
        if len(lines) == WARM:
            before = memory(os.getpid())
    grown = memory(os.getpid())["pss"] - before["pss"]
    json.dump({"lines": number, "kb_each": round(grown / (number - WARM), 1)}, sys.stdout)


def idle_lines(dovecot: Dovecot, number: int) -> dict[str, Any]:
    people = {address: dovecot.users[address] for address in (dovecot.newcomer() for _ in range(number))}
    words = [sys.executable, __file__, "--hold", str(number), str(dovecot.imaps)]
    said = json.dumps(people | {"root": str(dovecot.authority.root)}).encode()
    return dict(json.loads(subprocess.run(words, input=said, check=True, stdout=subprocess.PIPE).stdout))


def show(found: dict[str, Any]) -> None:
    runs = [("start", found["start"]), *((f"{run['letters']} letters", run["memory"]) for run in found["imports"])]
    print("MB (RSS / PSS / peak)   " + "".join(f"{name:>24}" for name, _ in runs))
    for part in (*PARTS, "readers"):
        cells = (" / ".join(f"{run[part][kind] / 1024:.0f}" for kind in ("rss", "pss", "peak")) for _, run in runs)
        print(f"{part:24}" + "".join(f"{cell:>24}" for cell in cells))
    for run in found["imports"]:
        print(f"{run['letters']} letters, {run['mb']} MB: {run['seconds']} s, {run['letters'] / run['seconds']:.0f} letters/s")
    print(f"{found['idle']['lines']} idle lines over TLS: {found['idle']['kb_each']} KB each")


def measure(sizes: list[int], slim: float, lines: int) -> dict[str, Any]:
    with standing() as (house, dovecot):
        time.sleep(3)
        found: dict[str, Any] = {"start": house.memory(), "imports": []}
        found["imports"] = [import_one(house, dovecot, number, slim) for number in sizes]
        found["idle"] = idle_lines(dovecot, lines)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--slim", type=float, default=1.0, help="so much of the usual length, for very many letters")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--hold", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.hold:
        hold(*given.hold)
        return
    found = measure(given.letters, given.slim, given.lines)
    show(found)
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "memory.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
