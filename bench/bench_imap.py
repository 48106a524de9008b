"""The IMAP reader beside IMAPClient and imaplib's parser on the same octets: a window of headers, and a window of letters.

    python bench/bench_imap.py [--letters 5000] [--rounds 7]

Peers take turns round by round, so that a busy machine slows them all; what counts is the ratio. Octets come in pieces of
64 KB, as from a socket. imaplib cuts the lines for IMAPClient, so its time is part of IMAPClient's; it is also shown alone,
and then understands nothing of what it cut.
"""

import argparse
import imaplib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from imapclient.response_parser import parse_fetch_response

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mailbox.imap.limits import LIMITS  # noqa: E402 the root comes first, because the standard library has a mailbox too
from mailbox.imap.reader import Reader  # noqa: E402

CHUNK = 1 << 16
WANTED = 3.0  # times IMAPClient
HEADER = (
    b"Date: Mon, 23 Nov 2026 08:%02d:00 +0900\r\nFrom: =?utf-8?B?6rmA7LKg7IiY?= <chulsoo@example.kr>\r\n"
    b"Message-ID: <%d.ketchup@crepes.fr>\r\nSubject: Do you like ketchup? How about pickles?\r\n\r\n"
)
FACTS = b'* %d FETCH (UID %d FLAGS (\\Seen $Forwarded) INTERNALDATE "23-Nov-2026 08:00:00 +0900" RFC822.SIZE 12345 MODSEQ (%d) '


class Lines(imaplib.IMAP4):
    """imaplib's own cutting of lines and literals, without a socket."""

    def __init__(self, octets: bytes) -> None:
        self.file = io.BytesIO(octets)
        self._mode_ascii()
        self.debug, self._cmd_log_len, self._cmd_log_idx = 0, 10, 0
        self._cmd_log: dict[int, object] = {}
        self.untagged_responses: dict[str, list[object]] = {}
        self.tagged_commands: dict[bytes, object] = {}
        self.tagnum, self.tagpre = 0, "A"
        self.tagre = imaplib.re.compile(rb"(?P<tag>A\d+) (?P<type>[A-Z]+) (?P<data>.*)", imaplib.re.ASCII)
        self.is_readonly, self.state = False, "SELECTED"

    def readline(self) -> bytes:
        return self.file.readline()

    def read(self, size: int) -> bytes:
        return self.file.read(size)


def headers(letters: int) -> bytes:
    answers = []
    for number in range(1, letters + 1):
        header = HEADER % (number % 60, number)
        answers.append(FACTS % (number, number * 3, number + 9))
        answers.append(b"BODY[HEADER.FIELDS (DATE FROM MESSAGE-ID SUBJECT)] {%d}\r\n%b)\r\n" % (len(header), header))
    return b"".join(answers)


def bodies(letters: int) -> bytes:
    body = HEADER % (7, 7) + b"Do you like ketchup? How about pickles?\r\n" * 1400
    return b"".join(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (n, n, len(body), body) for n in range(1, letters + 1))


def ours(octets: bytes) -> int:
    reader, found = Reader(LIMITS), 0
    for start in range(0, len(octets), CHUNK):
        reader.feed(octets[start : start + CHUNK])
        while reader.next_event() is not None:
            found += 1
    return found


def cut_by_imaplib(octets: bytes) -> list[object]:
    lines = Lines(octets)
    while lines.file.tell() < len(octets):
        lines._get_response()
    return lines.untagged_responses["FETCH"]


def imaplib_alone(octets: bytes) -> int:
    return len(cut_by_imaplib(octets)) // 2


def imapclient(octets: bytes) -> int:
    return len(parse_fetch_response(cut_by_imaplib(octets)))


def timed(read: Callable[[bytes], int], octets: bytes, expected: int) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    assert read(octets) == expected
    return (time.process_time() - start) * 1000


def measure(octets: bytes, letters: int, rounds: int) -> dict[str, object]:
    readers = {"ours": ours, "imapclient": imapclient, "imaplib": imaplib_alone}
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for name, read in readers.items():
            spent[name].append(timed(read, octets, letters))
    ratios = [theirs / mine for theirs, mine in zip(spent["imapclient"], spent["ours"], strict=True)]
    return {
        "letters": letters, "octets": len(octets), "rounds": rounds,
        **{name: {"cpu_ms": round(statistics.median(some), 1), "least_ms": round(min(some), 1)} for name, some in spent.items()},
        "ratio": round(statistics.median(ratios), 2), "ratios": [round(ratio, 2) for ratio in ratios],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    found = {
        "headers": measure(headers(given.letters), given.letters, given.rounds),
        "bodies": measure(bodies(given.letters // 10), given.letters // 10, given.rounds),
        "wanted": WANTED,
    }
    print(f"{'IMAP reader':24} {'ours ms':>9} {'IMAPClient ms':>14} {'imaplib ms':>11} {'IMAPClient / ours':>18}")
    for name in ("headers", "bodies"):
        one = found[name]
        who = [one[reader]["cpu_ms"] for reader in ("ours", "imapclient", "imaplib")]
        print(f"{one['letters']:>6} {name:17} {who[0]:>9.1f} {who[1]:>14.1f} {who[2]:>11.1f} {one['ratio']:>18.2f}")
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "imap.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
