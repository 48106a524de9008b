"""read_letter beside the standard library's parsers on the same letters: subject, people, ids, date, all bodies decoded,
attachments listed; once more with the attachments' bytes decoded too; and the header alone.

    python bench/bench_mime.py [--letters 300] [--runs 5]

Peers take turns run by run, so that a busy machine slows them all; what counts is the ratio.
"""

import argparse
import email
import email.policy
import json
import statistics
import sys
import time
from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.synthetic import letters  # noqa: E402 - after the path is known
from mailbox.mime.read import read_headers, read_letter  # noqa: E402

Reader = Callable[[bytes], object]


def decoded(value: object) -> str:
    return str(make_header(decode_header(str(value or ""))))


def compat32_facts(message: Message) -> tuple[object, ...]:
    people = getaddresses([str(message.get(name, "")) for name in ("from", "to", "cc")])
    named = [(decoded(name), address) for name, address in people]
    ids = str(message["message-id"]), str(message["in-reply-to"]), str(message["references"]).split()
    return decoded(message["subject"]), named, ids, parsedate_to_datetime(str(message["date"]))


def compat32(raw: bytes, files: bool = False) -> object:
    message = email.message_from_bytes(raw)
    bodies, names = [], []
    for part in message.walk():
        if part.is_multipart():
            continue
        if name := part.get_filename():
            names.append((decoded(name), len(part.get_payload(decode=True)) if files else 0))
        else:
            bodies.append(part.get_payload(decode=True).decode(part.get_content_charset("utf-8"), "replace"))
    return compat32_facts(message), bodies, names


def default(raw: bytes, files: bool = False) -> object:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    people = [
        [(one.display_name, one.addr_spec) for one in message[name].addresses] for name in ("from", "to", "cc") if message[name]
    ]
    ids = str(message["message-id"]), str(message["in-reply-to"]), str(message["references"]).split()
    leaves = [part for part in message.walk() if not part.is_multipart()]
    bodies = [part.get_content() for part in leaves if not part.get_filename()]
    names = [(part.get_filename(), len(part.get_payload(decode=True)) if files else 0) for part in leaves if part.get_filename()]
    return str(message["subject"]), people, ids, message["date"].datetime, bodies, names


def ours(raw: bytes, files: bool = False) -> object:
    letter = read_letter(raw)
    return letter, [(part.name, len(part.content) if files else part.size) for part in letter.attachments]


TASKS: dict[str, dict[str, Reader]] = {
    "letter, attachments listed": {"ours": ours, "compat32": compat32, "policy.default": default},
    "letter, attachments decoded": {
        "ours": lambda raw: ours(raw, True),
        "compat32": lambda raw: compat32(raw, True),
        "policy.default": lambda raw: default(raw, True),
    },
    "header alone": {
        "ours": lambda raw: read_headers(raw.partition(b"\r\n\r\n")[0]),
        "compat32": lambda raw: compat32_facts(BytesHeaderParser().parsebytes(raw.partition(b"\r\n\r\n")[0])),
    },
}


def microseconds(reader: Reader, raws: list[bytes]) -> float:
    began = time.process_time()
    for raw in raws:
        reader(raw)
    return (time.process_time() - began) / len(raws) * 1e6


def measured(readers: dict[str, Reader], raws: list[bytes], runs: int) -> dict[str, float]:
    """Median microseconds of processor time a letter."""
    taken: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(runs):
        for name, reader in readers.items():
            taken[name].append(microseconds(reader, raws))
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    raws = letters(options.letters)
    mean = sum(map(len, raws)) // len(raws)
    print(f"{len(raws)} letters, {mean / 1000:.0f} KB on average, median of {options.runs} runs\n")
    print(f"{'task':30}{'reader':16}{'µs a letter':>12}{'times ours':>12}")
    figures = {task: measured(readers, raws, options.runs) for task, readers in TASKS.items()}
    for task, taken in figures.items():
        for name, time_taken in taken.items():
            print(f"{task:30}{name:16}{time_taken:12.0f}{time_taken / taken['ours']:12.1f}")
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    report = {"letters": len(raws), "mean_bytes": mean, "runs": options.runs, "microseconds": figures}
    (results / "mime.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
