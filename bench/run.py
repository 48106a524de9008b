"""Runs every bench/bench_*.py, one after the other, and prints one table of what counts in them.

    python bench/run.py [NAME...]        for example: python bench/run.py mime smtp

Each of them prints its own table and leaves its figures in bench/results/NAME.json. Machines differ: the ratios count.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
Report = dict[str, Any]
Line = tuple[str, str, str]  # what, found, wanted


def of_mime(report: Report) -> Iterator[Line]:
    taken = report["microseconds"]["letter, attachments listed"]
    for peer, wanted in (("compat32", ">= 2.5"), ("policy.default", "")):
        yield f"read_letter: times {peer}", f"{taken[peer] / taken['ours']:.1f}", wanted


def of_smtp(report: Report) -> Iterator[Line]:
    for name, found in report.items():
        if name.startswith("into "):
            yield f"SMTP client: times smtplib, kept line, {name}", f"{found['ratio']:.2f}", f">= {report['wanted']}"


def of_dkim(report: Report) -> Iterator[Line]:
    yield "DKIM signature, RSA-2048: times dkimpy", f"{report['ratio']:.1f}", f">= {report['wanted']:.0f}"


def of_relay(report: Report) -> Iterator[Line]:
    for what, ratio in report["ratios"].items():
        yield f"relay, {what}: times Postfix, or times itself without the tarpit", f"{ratio:.2f}", f">= {report['wanted'][what]}"
    for what in ("post", "post alone", "press", "claim"):
        if what in report["medians"]:
            wanted = report["wanted"].get(f"{what}_s")
            yield f"relay, {what}: letters a second", f"{report['medians'][what]:,.0f}", f">= {wanted:,}" if wanted else ""


def of_imap(report: Report) -> Iterator[Line]:
    for task in ("headers", "bodies"):
        yield f"IMAP reader: times IMAPClient, {task}", f"{report[task]['ratio']:.1f}", f">= {report['wanted']}"


def of_pages(report: Report) -> Iterator[Line]:
    for row in report["pages"]:
        yield (
            f"inbox of {row['conversations']:,}, page {row['page']:,}: times the smallest",
            f"{row['ratio']:.2f}",
            f"<= {report['wanted']}",
        )


def of_sync(report: Report) -> Iterator[Line]:
    ours, peer = report["peers"]["ours"], report["peers"]["mbsync"]
    for what, name in (("import", "first import"), ("nothing", "pass with nothing new"), ("changed", "100 changes, 100 letters")):
        ratio = peer[what]["seconds"] / ours[what]["seconds"]
        yield f"mirror: times as fast as mbsync, {name}", f"{ratio:.2f}", f">= {report['wanted'][what]}"
    yield "mirror: letters listed a second", f"{report['letters'] / ours['headers']['seconds']:.0f}", ">= 3000"
    yield "mirror: newest letters readable after, s", f"{ours['newest readable']:.2f}", "<= 2"


def of_search(report: Report) -> Iterator[Line]:
    wanted = report["wanted"]
    for what in ("rare", "common", "two syllables"):
        if found := report.get("dovecot"):
            yield (
                f"search, {what}: times Dovecot, {found['letters']:,} letters",
                f"{found[what]['ratio']:.0f}",
                f">= {wanted['dovecot']}",
            )
        if found := report.get("large"):
            size = f"{found['large']:,} beside {found['small']:,} letters"
            yield f"search, {what}: times its time, {size}", f"{found[what]['ratio']:.2f}", f"<= {wanted['large']}"
    if found := report.get("import"):
        yield "index: times the import without it", f"{found['ratio']:.2f}", f"<= {wanted['import']}"
    if found := report.get("inbox"):
        yield "inbox page during an import: times its time", f"{found['ratio']:.2f}", f"<= {wanted['inbox']}"


def of_memory(report: Report) -> Iterator[Line]:
    runs = [report["start"], *(found["memory"] for found in report["imports"])]
    sizes = ", ".join(["the start", *(f"{found['letters']:,}" for found in report["imports"])])
    for part in report["start"]:
        yield f"{part}: MB after {sizes} letters", " / ".join(f"{run[part]['pss'] / 1024:.0f}" for run in runs), "flat"


def of_watch(report: Report) -> Iterator[Line]:
    yield "deposit -> event in the open page: s, 95 of 100 within", f"{report['news']['p95']:.2f}", "<= 1"
    yield f"a watched mailbox, {report['memory']['lines']:,} lines in IDLE: KB", f"{report['memory']['kb_each']:.0f}", "<= 30"


def of_panel(report: Report) -> Iterator[Line]:
    large = report["houses"][-1]
    for page in ("overview", "queue"):
        what = f"panel: {page} with {large['mailboxes']:,} mailboxes, {large['history']:,} recipients: times a small house"
        yield what, f"{large['ratio'][page]:.2f}", f"<= {report['wanted']}"


SUMMARIES: dict[str, Callable[[Report], Iterator[Line]]] = {
    "mime": of_mime,
    "smtp": of_smtp,
    "relay": of_relay,
    "imap": of_imap,
    "pages": of_pages,
    "sync": of_sync,
    "search": of_search,
    "memory": of_memory,
    "panel": of_panel,
    "watch": of_watch,
}


def run(path: Path) -> list[Line]:
    name = path.stem.removeprefix("bench_")
    print(f"\n--- {name} {'-' * (90 - len(name))}\n", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, str(path)], cwd=FOLDER.parent, check=False)
    print(f"\n{time.monotonic() - began:.0f} s", flush=True)
    if done.returncode:
        return [(f"{name} ended with exit code {done.returncode}", "failed", "")]
    report = FOLDER / "results" / f"{name}.json"
    return list(SUMMARIES[name](json.loads(report.read_text()))) if name in SUMMARIES and report.exists() else []


def main(names: list[str]) -> int:
    found = [path for path in sorted(FOLDER.glob("bench_*.py")) if not names or path.stem.removeprefix("bench_") in names]
    lines = [line for path in found for line in run(path)]
    print(f"\n{'what':70} {'found':>12}   wanted")
    for what, value, wanted in lines:
        print(f"{what:70} {value:>12}   {wanted}")
    return 1 if any(value == "failed" for _, value, _ in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
