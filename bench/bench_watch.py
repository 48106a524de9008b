"""How soon a new letter is in the open page, and what a watched Mailbox costs in memory.

    python bench/bench_watch.py [--letters 100] [--lines 2000]

Runs as root on Debian with dovecot-imapd. First the whole house (`manage.py up`, embedded servers) with one Mailbox on a
Dovecot of its own and one open page: letters are deposited by LMTP, one by one, and the clock runs from the deposit to the
event in the live stream, when the row must be there. Then a watcher, alone in its process, holds the lines: real ones in
IDLE, over TLS, each signed in to a Mailbox of its own; PSS after all of them less PSS after the first few, for each.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.bench_memory import memory  # noqa: E402 the root comes first, because the standard library has a mailbox too
from tests.daemons import Daemon, free_ports, wait_until  # noqa: E402
from tests.dovecot import Dovecot  # noqa: E402
from tests.real import LOOPBACK, own_folder  # noqa: E402

WARM = 50  # lines that are not counted: what the first ones load is everybody's
PATIENCE = 900  # seconds until all lines stand
LETTER = "From: bob@hamburger.edu\r\nSubject: Pickles\r\nMessage-ID: <{}@bench>\r\n\r\nHow about pickles?\r\n"
SAID = {
    "news": "{letters} letters, deposit to event: median {p50} s, 95 of 100 within {p95} s, longest {most} s",
    "memory": "{lines} lines in IDLE over TLS: {kb_each} KB each, {mb} MB in all, {seconds} s to open",
}
Report = dict[str, Any]


@contextmanager
def standing(*only: str) -> Iterator[tuple[Dovecot, int]]:
    """A Dovecot, the house and its port; Django in this process looks into the house's tables."""
    folders = own_folder(), own_folder()
    try:
        dovecot, (port,) = Dovecot(folders[0]), free_ports(1)
        for name in ("DATABASE_URL", "REDIS_URL", "VAULT_KEYS", "SECRET_KEY", "XDG_RUNTIME_DIR"):
            os.environ.pop(name, None)
        os.environ |= {"EMBEDDED": "1", "DATA_DIR": str(folders[1] / "data"), "PORT": str(port)}
        os.environ |= {"ALLOW_PRIVATE_HOSTS": " ".join(LOOPBACK.allow), "SSL_CERT_FILE": str(dovecot.authority.root)}
        command = [sys.executable, str(ROOT / "manage.py"), "up", *only]
        house = Daemon(command, folders[1] / "up.log", port, environment=dict(os.environ), patience=180)
        yield dovecot, port
        house.stop()
        dovecot.stop()
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "webmail.settings"
    import django as framework

    framework.setup()


# --- From the deposit to the page ---------------------------------------------------------------------------------------


def latency(letters: int) -> Report:
    with standing() as (dovecot, _):
        words = [sys.executable, __file__, "--time", str(letters), str(dovecot.imaps), str(dovecot.lmtp)]
        people = json.dumps({address: dovecot.users[address] for address in [dovecot.newcomer()]})
        return dict(json.loads(subprocess.run(words, input=people.encode(), check=True, stdout=subprocess.PIPE).stdout))


def measure_times(letters: int, imaps: int, lmtp: int) -> None:
    """In a process of its own: connect the Mailbox, open the page's stream, deposit and listen."""
    django()
    import smtplib

    from mailbox.models import Mailbox, Message

    ((address, password),) = json.load(sys.stdin).items()
    endpoint = f"imaps://{address.replace('@', '%40')}@localhost:{imaps}"
    words = [sys.executable, "manage.py", "connect", address, address, "--incoming", endpoint, "--outgoing", "direct:"]
    subprocess.run([*words, "--no-check"], input=f"{password}\n".encode(), check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    mailbox = Mailbox.objects.get(address=address)
    wait_until(lambda: Mailbox.objects.filter(pk=mailbox.pk, state="ok").exclude(watcher="").exists(), "The watcher", 120)
    time.sleep(5)  # the line is dialled and in IDLE
    stream, taken = open_stream(mailbox), []
    for number in range(letters):
        started = time.monotonic()
        with smtplib.LMTP("127.0.0.1", lmtp) as line:
            line.sendmail("bob@hamburger.edu", [address], LETTER.format(number).encode())
        wait_for_event(stream, lambda: Message.objects.filter(mailbox=mailbox, message_id=f"{number}@bench").exists())  # noqa: B023
        taken.append(time.monotonic() - started)
        time.sleep(random.uniform(1.5, 2.5))
    taken.sort()
    figures = {"p50": statistics.median(taken), "p95": taken[int(len(taken) * 0.95) - 1], "most": taken[-1]}
    json.dump({"letters": letters, **{name: round(value, 3) for name, value in figures.items()}}, sys.stdout)


def open_stream(mailbox: Any) -> http.client.HTTPResponse:
    """The live stream of somebody who is signed in, after its hello."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    user = mailbox.access.get().user
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    line = http.client.HTTPConnection("localhost", int(os.environ["PORT"]), timeout=60)
    line.request("GET", "/live/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"})
    stream = line.getresponse()
    assert stream.status == 200, (stream.status, stream.getheaders())
    while not stream.readline().startswith(b"event: hello"):
        pass
    return stream


def wait_for_event(stream: http.client.HTTPResponse, is_there: Any) -> None:
    """The first event after which the row is there; events that tell of something else are passed by."""
    while True:
        if stream.readline().startswith(b"event:") and is_there():
            return


# --- Memory of a line -----------------------------------------------------------------------------------------------------


def lines(number: int) -> Report:
    with standing("--only", "web") as (dovecot, _):
        words = [sys.executable, __file__, "--hold", str(number), str(dovecot.imaps)]
        people = json.dumps({address: dovecot.users[address] for address in (dovecot.newcomer() for _ in range(number))})
        return dict(json.loads(subprocess.run(words, input=people.encode(), check=True, stdout=subprocess.PIPE).stdout))


def hold(number: int, imaps: int) -> None:
    """In a process of its own: the watcher, until all its lines stand."""
    django()
    from mailbox.sync import dialling, watching
    from mailbox.sync.watching import Pace, Watcher

    watching.CROWDED, dialling.A_HOST = 0.1, dialling.THREADS  # one host is to take them all, and at once
    connect_all(json.load(sys.stdin), imaps)
    watcher = Watcher("bench", pace=Pace(round=5, dials=200, together=number))
    started, before, standing_lines = time.monotonic(), 0, 0
    while standing_lines < number:
        watcher.step()
        standing_lines = sum(bool(one.line and one.line.idling) for one in watcher.watched.values())
        if standing_lines >= WARM and not before:
            before, warm = memory(os.getpid())["pss"], standing_lines
        assert time.monotonic() - started < PATIENCE, f"only {standing_lines} lines stand"
    seconds, after = time.monotonic() - started, memory(os.getpid())["pss"]
    found = {
        "lines": number,
        "kb_each": round((after - before) / (number - warm), 1),
        "mb": after >> 10,
        "seconds": round(seconds),
    }
    json.dump(found, sys.stdout)
    sys.stdout.flush()
    with suppress(Exception):
        watcher.leave()


def connect_all(people: dict[str, str], imaps: int) -> None:
    from mailbox.models import Mailbox

    rows = [
        Mailbox(address=one, incoming=f"imaps://{one.replace('@', '%40')}@localhost:{imaps}", outgoing="direct:", state="ok")
        for one in people
    ]
    for row in Mailbox.objects.bulk_create(rows):
        row.set_password(people[row.address])
    Mailbox.objects.bulk_update(rows, ["secret"], batch_size=500)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--time", type=int, nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--hold", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.time:
        measure_times(*given.time)
        return
    if given.hold:
        hold(*given.hold)
        return
    found: Report = {"memory": lines(given.lines)} if given.lines else {}
    found |= {"news": latency(given.letters)} if given.letters else {}
    for name, words in SAID.items():
        if name in found:
            print(words.format(**found[name]))
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "watch.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
