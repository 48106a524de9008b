"""The SMTP client beside smtplib: the same letters over one kept connection each, into the same sinks, in one run.

    python bench/bench_smtp.py [--letters 100] [--size 5120] [--rounds 60]

Two sinks that take everything and offer PIPELINING: a small one of our own, and Debian postfix's smtp-sink where there is
one. smtp-sink reads a letter octet by octet, so there the sink bounds what any client can gain. Our client
has a time limit on every stretch; smtplib is shown without one, which the ratio is about, and with one. The clients take turns in
short rounds, so that a busy machine is busy for both; what counts is the median of the rounds' ratios.
"""

import argparse
import json
import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # first, because the standard library has a mailbox too

from mailbox.smtp.client import SmtpClient  # noqa: E402 after the path
from mailbox.smtp.content import MailData  # noqa: E402
from mailbox.smtp.dialogue import Envelope  # noqa: E402
from mailbox.wire import Endpoint, Guard  # noqa: E402

WANTED = 2.0  # times smtplib
SENDER, RECIPIENT = "alice@crepes.fr", "bob@hamburger.edu"
Run = Callable[[], None]  # one letter


# --- Our sink, in a process of its own ------------------------------------------------------------------------------
def sink() -> None:
    """Take whatever comes on a port that is printed first; a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=take, args=(server.accept()[0],), daemon=True).start()


def take(line: socket.socket) -> None:
    with line, suppress(ConnectionError):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"220 sink\r\n")
        unread, in_letter = b"", False
        while data := line.recv(65536):
            answers, unread, in_letter = answer(unread + data, in_letter)
            line.sendall(answers)


def answer(unread: bytes, in_letter: bool) -> tuple[bytes, bytes, bool]:
    """(what to say, what is left unread, whether a letter is coming)."""
    answers = []
    while (end := unread.find(b"\r\n.\r\n" if in_letter else b"\r\n")) >= 0:
        word = b"." if in_letter else unread[:4].upper()
        unread = unread[end + (5 if in_letter else 2) :]
        in_letter = word == b"DATA"
        answers.append(ANSWERS.get(word, b"250 2.0.0 ok\r\n"))
    return b"".join(answers), unread, in_letter


ANSWERS = {b"DATA": b"354 go\r\n", b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"QUIT": b"221 bye\r\n"}


@contextmanager
def our_sink() -> Iterator[int]:
    with subprocess.Popen([sys.executable, __file__, "--sink"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.terminate()


@contextmanager
def smtp_sink(binary: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with subprocess.Popen([binary, "-u", "nobody", f"127.0.0.1:{port}", "100"], stderr=subprocess.DEVNULL) as process:
        wait_for(port)
        yield port
        process.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    sys.exit("The sink does not come up.")


# --- The clients ----------------------------------------------------------------------------------------------------
def letter(size: int) -> bytes:
    head = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: Lunch\r\n\r\n".encode()
    return head + (b"How about pickles? " * 4 + b"\r\n") * ((size - len(head)) // 78)


@contextmanager
def ours(port: int, raw: bytes) -> Iterator[Run]:
    endpoint, envelope = Endpoint("smtp+plain", "127.0.0.1", port), Envelope(SENDER, (RECIPIENT,))
    with SmtpClient.connect(endpoint, Guard(("127.0.0.0/8",)), name="crepes.fr") as client:
        letters = [MailData.of(raw)]

        def run() -> None:
            letters.append(MailData.of(raw))
            expect(client.send(envelope, letters.pop(0), then=(envelope, letters[0]))[0].verdict == "accepted")

        yield run


@contextmanager
def theirs(port: int, raw: bytes, timeout: float | None = None) -> Iterator[Run]:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="crepes.fr") as client:
        client.sock.settimeout(timeout)
        yield lambda: expect(client.sendmail(SENDER, [RECIPIENT], raw) == {})


def expect(accepted: bool) -> None:
    if not accepted:
        sys.exit("The sink did not take a letter.")


# --- The measurement ------------------------------------------------------------------------------------------------
def timed(run: Run, letters: int) -> tuple[float, float]:
    """Letters a second, and milliseconds of the client's own processor time a letter."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(letters):
        run()
    return letters / (time.perf_counter() - wall), (time.process_time() - cpu) / letters * 1000


def measure(port: int, letters: int, size: int, rounds: int) -> dict[str, Any]:
    """Both clients on a line that is kept for all rounds."""
    raw = letter(size)
    with ours(port, raw) as our_run, theirs(port, raw) as their_run, theirs(port, raw, 60) as patient_run:
        runs = {"ours": our_run, "smtplib": their_run, "smtplib, timeout=60": patient_run}
        times = [{who: timed(run, letters) for who, run in runs.items()} for _ in range(rounds)]
    facts = {
        who: {"letters_s": round(median(one[who][0] for one in times)), "cpu_ms": round(median(one[who][1] for one in times), 3)}
        for who in runs
    }
    ratios = sorted(one["ours"][0] / one["smtplib"][0] for one in times)
    return {**facts, "ratio": round(median(ratios), 2), "quartiles": [round(ratios[len(ratios) * q // 4], 2) for q in (1, 3)]}


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def show(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name:24} {'letters/s':>10} {'CPU ms':>8}")
    for who in ("ours", "smtplib", "smtplib, timeout=60"):
        print(f"  {who:22} {found[who]['letters_s']:>10} {found[who]['cpu_ms']:>8.3f}")
    print(f"  ours / smtplib = {found['ratio']:.2f}, quartiles {found['quartiles']}, wanted {WANTED}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100, help="in a round")
    parser.add_argument("--size", type=int, default=5120)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sink:
        sink()
    sinks = {"into our sink": our_sink()}
    if binary := shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin"):
        sinks["into postfix's smtp-sink"] = smtp_sink(binary)
    found: dict[str, Any] = {
        "letters": given.letters,
        "rounds": given.rounds,
        "bytes": given.size,
        "load": os.getloadavg(),
        "wanted": WANTED,
    }
    for name, opened in sinks.items():
        with opened as port:
            found[name] = measure(port, given.letters, given.size, given.rounds)
        show(name, found[name])
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "smtp.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
