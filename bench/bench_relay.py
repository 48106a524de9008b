"""The queue beside Postfix: the same letters into the same smtp-sink, taking turns in one run.

    python bench/bench_relay.py [--letters 6000] [--size 5120] [--rounds 3]

deliver   a full queue is let go: until the last letter stands as sent (ours), until the queue is empty (Postfix, default)
through   letters are posted while the relay runs: from the first post until the last is delivered; smtp-source into Postfix.
          The copies in Sent are made meanwhile, by a mirror worker, on the same cores
post      durable posts by what the Send button calls, one web process of four threads, which wait for the disk together:
          `post` while the workers send and file the letters on the same cores, `post alone` with both at rest
press     the same four with the whole request around it: session, person, form, the answer's page; workers at rest
claim     claiming and settling alone, without a wire, by four threads of one process
tarpit    letters to 50 destinations, one of which never answers, beside the same without it

Ours runs as it is deployed: PostgreSQL that waits for the disk, Redis, one relay worker and one mirror worker of eight
threads each, and the clock's beat. smtp-sink counts what it was given. Needs Debian's postfix, and root for it.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.relay_house import fill, make_mailbox, pressing, serve, set_up, worker  # noqa: E402 after the path
from bench.relay_peers import PostfixRelay, Sink, tarpit  # noqa: E402

WANTED = {"deliver": 0.7, "through": 1.0, "post_s": 300, "claim_s": 10_000, "tarpit": 0.9}
SITES = 50


def until_sent(count: int, limit: float = 300) -> float:
    """Seconds until so many stand as sent, the clock beating meanwhile."""
    from celery import current_app

    from mailbox.models import Recipient

    began = beat = time.perf_counter()
    current_app.send_task("relay.due")
    while Recipient.objects.filter(state="sent").count() < count:
        time.sleep(0.05)
        if time.perf_counter() - beat > 2:
            beat = time.perf_counter()
            current_app.send_task("relay.due")
        assert time.perf_counter() - began < limit, "the relay does not come to an end"
    return time.perf_counter() - began


def forget() -> None:
    from django.db import OperationalError, connection

    while True:  # the worker may be writing its last lines
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("TRUNCATE mailbox_outgoing, mailbox_site CASCADE")
            cursor.execute("VACUUM ANALYZE")
            return


# --- The measurements -----------------------------------------------------------------------------------------------------
def deliver(mailbox: Any, letters: int, size: int) -> float:
    forget()
    fill(mailbox, letters, size, ["hamburger.edu"])
    return letters / until_sent(letters)


def post(mailbox: Any, letters: int, size: int) -> float:
    """What the Send button does, in this process, one after the other."""
    from uuid import uuid4

    from mailbox.outbox import sending
    from mailbox.outbox.drafts import Written

    user, identity = mailbox.access.get().user, mailbox.identities.get()
    text = "How about pickles? " * (size // 19)
    began = time.perf_counter()
    for _ in range(letters):
        sending.send(user, uuid4(), Written(identity, to="bob@hamburger.edu", subject="Lunch", text=text))
    return letters / (time.perf_counter() - began)


def press(mailbox: Any, letters: int, size: int) -> float:
    """The same as a browser asks for it."""
    pressed = pressing(mailbox, "How about pickles? " * (size // 19))
    began = time.perf_counter()
    for _ in range(letters):
        pressed()
    return letters / (time.perf_counter() - began)


def together(deed: Callable[[Any, int, int], float], name: str, letters: int, size: int) -> float:
    """Four people press Send again and again, each in a thread of the one process."""
    people = [make_mailbox(f"{name}{number}") for number in range(4)]
    return letters / at_once([partial(deed, mailbox, letters // len(people), size) for mailbox in people])


@contextmanager
def at_rest(workers: list[subprocess.Popen[str]]) -> Iterator[None]:
    for process in workers:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in workers:
            process.send_signal(signal.SIGCONT)


def posted(workers: list[subprocess.Popen[str]], name: str, size: int) -> dict[str, float]:
    forget()
    with at_rest(workers):
        alone = together(post, f"alone{name}", 1000, size)
    until_sent(1000)
    return {"post": together(post, f"sender{name}", 1000, size), "post alone": alone}


def pressed(workers: list[subprocess.Popen[str]], name: str, size: int) -> dict[str, float]:
    forget()
    with at_rest(workers):
        return {"press": together(press, f"presser{name}", 600, size)}


def through(name: str, letters: int, size: int, posters: int) -> float:
    """As many processes post as there are, each for a person of its own, while the relay works."""
    forget()
    command = [sys.executable, __file__, "--poster", "--letters", str(letters // posters), "--size", str(size)]
    began = time.perf_counter()
    running = [subprocess.Popen([*command, "--name", f"{name}{number}"]) for number in range(posters)]
    until_sent(letters // posters * posters)
    took = time.perf_counter() - began
    for process in running:
        process.wait()
    return letters / took


def at_once(deeds: list[Callable[[], object]]) -> float:
    """Seconds until all are done, each in a thread of this process, as a worker has them."""
    from django.db import connection

    def run(deed: Callable[[], object]) -> None:
        deed()
        connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def claim(mailbox: Any, letters: int) -> float:
    """Claimed and settled without a wire, by four threads, each at a site of its own: addressees a second."""
    forget()
    domains = [f"site{number}.example" for number in range(4)]
    fill(mailbox, letters, 100, domains)
    return letters / at_once([partial(claim_all, domain) for domain in domains])


def claim_all(site: str) -> None:
    from mailbox.outbox import claims, settling
    from mailbox.outbox.rules import RULES
    from mailbox.smtp.record import Record
    from mailbox.smtp.verdict import Outcome, Verdict

    while found := claims.claim(site, RULES):
        books = settling.Books(found)
        for talk in found.talks:
            books.note(talk, [Outcome(Verdict.ACCEPTED)] * len(talk.recipients), Record())
        books.close()


def tarpitted(mailbox: Any, letters: int, size: int, *, slow: bool) -> float:
    forget()
    domains = [f"site{number}.example" for number in range(SITES)]
    fill(mailbox, letters, size, domains[1:])
    if slow:
        fill(mailbox, letters // SITES, size, domains[:1])
    return letters / until_sent(letters)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=6000)
    parser.add_argument("--size", type=int, default=5120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=["deliver", "through", "post", "press", "claim", "tarpit"])
    parser.add_argument("--poster", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--name", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.poster:
        poster(given)
    else:
        compare(given)


def compare(given: Any) -> None:
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        serve(stack)
        sink, slow = stack.enter_context(Sink()), stack.enter_context(tarpit())
        routes = {f"site{number}.example": sink.port for number in range(1, SITES)} | {"hamburger.edu": sink.port}
        routes["site0.example"] = slow
        os.environ["RELAY_ROUTES"] = ",".join(f"{domain}=smtp+plain://127.0.0.1:{port}" for domain, port in routes.items())
        set_up(stack)
        workers = [worker(stack, "relay"), worker(stack, "mirror")]
        postfix = PostfixRelay(stack, sink.port)
        mailbox = make_mailbox("alice")
        for number in range(given.rounds):
            measure(found, given, sink, postfix, mailbox, workers, str(number))
    show(found)


def measure(
    found: dict[str, list[float]], given: Any, sink: Any, postfix: Any, mailbox: Any, workers: list[Any], name: str
) -> None:
    letters, size = given.letters, given.size
    runs = {
        "deliver": lambda: {"deliver": deliver(mailbox, letters, size), "postfix deliver": postfix.deliver(letters, size)},
        "through": lambda: {"through": through(name, letters, size, 2), "postfix through": postfix.through(letters, size)},
        "post": lambda: posted(workers, name, size),
        "press": lambda: pressed(workers, name, size),
        "claim": lambda: {"claim": claim(mailbox, letters * 2)},
        "tarpit": lambda: {
            "without tarpit": tarpitted(mailbox, letters, size, slow=False),
            "with tarpit": tarpitted(mailbox, letters, size, slow=True),
        },
    }
    for what in given.only:
        for key, value in runs[what]().items():
            found[key].append(value)
            print(f"{key:18} {value:>8.0f} letters/s   load {os.getloadavg()[0]:.1f}", flush=True)


def show(found: dict[str, list[float]]) -> None:
    medians = {key: statistics.median(values) for key, values in found.items()}
    ratios = {}
    for what, ours, theirs in (
        ("deliver", "deliver", "postfix deliver"),
        ("through", "through", "postfix through"),
        ("tarpit", "with tarpit", "without tarpit"),
    ):
        if ours in found:
            ratios[what] = statistics.median(a / b for a, b in zip(found[ours], found[theirs], strict=True))
            print(f"{ours} / {theirs} = {ratios[what]:.2f}, wanted {WANTED[what]}")
    report = {"medians": medians, "ratios": ratios, "wanted": WANTED, "load": os.getloadavg()}
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "relay.json").write_text(json.dumps(report, indent=1) + "\n")


def poster(given: Any) -> None:
    import django

    django.setup()
    post(make_mailbox(f"poster{given.name}"), given.letters, given.size)


if __name__ == "__main__":
    main()
