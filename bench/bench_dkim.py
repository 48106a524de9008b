"""DKIM signatures beside dkimpy's: the same letters, the same RSA-2048 key, both verified by dkimpy, in one run.

    python bench/bench_dkim.py [--letters 40] [--size 5120] [--rounds 7]

The signers take turns in short rounds; what counts is the median of the rounds' ratios.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # first, because the standard library has a mailbox too

import dkim as dkimpy  # noqa: E402 after the path
from cryptography.hazmat.primitives import serialization  # noqa: E402

from mailbox.smtp import dkim  # noqa: E402

WANTED = 4.0  # times dkimpy
KEY = dkim.make_key(dkim.RSA)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
SIGNER = dkim.Signer("crepes.fr", "bench", KEY)
OTHER = dkim.Signer("crepes.fr", "bench", dkim.make_key(dkim.ED25519))


def letters(count: int, size: int) -> list[bytes]:
    line = b"Do you like ketchup?  How about pickles, capers and a little mustard on the side?\r\n"
    return [
        b"Date: Wed, 25 Nov 2026 12:00:00 +0000\r\nFrom: Alice <alice@crepes.fr>\r\nTo: bob@hamburger.edu\r\n"
        b"Subject: Lunch %d\r\nMessage-ID: <%d@crepes.fr>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" % (number, number) + (line * (size // len(line) + 1))[:size] + b"\r\n"
        for number in range(count)
    ]


def ours(letter: bytes) -> bytes:
    return dkim.signatures(letter, [SIGNER], 1_795_608_000) + letter


def both_kinds(letter: bytes) -> bytes:
    return dkim.signatures(letter, [SIGNER, OTHER], 1_795_608_000) + letter


def theirs(letter: bytes) -> bytes:
    return bytes(dkimpy.sign(letter, b"bench", b"crepes.fr", PEM, canonicalize=(b"relaxed", b"relaxed"))) + letter


def seconds(sign: Callable[[bytes], bytes], some: list[bytes]) -> float:
    start = time.perf_counter()
    for letter in some:
        sign(letter)
    return (time.perf_counter() - start) / len(some)


def verify(letter: bytes) -> None:
    assert dkimpy.verify(letter, dnsfunc=lambda *_args, **_options: dkim.record(KEY).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, default in (("letters", 40), ("size", 5120), ("rounds", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    some = letters(options.letters, options.size)
    verify(ours(some[0]))
    verify(theirs(some[0]))
    rounds = [{sign.__name__: seconds(sign, some) for sign in (ours, theirs, both_kinds)} for _ in range(options.rounds)]
    medians = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    ratio = statistics.median(one["theirs"] / one["ours"] for one in rounds)
    for name, label in (("theirs", "dkimpy, rsa-sha256"), ("ours", "ours, rsa-sha256"), ("both_kinds", "ours, with ed25519 too")):
        print(f"{label:24} {medians[name] * 1000:7.2f} ms a letter")
    print(f"ours: {ratio:.1f} times dkimpy (wanted: {WANTED:.0f})")
    report = {"milliseconds": {name: value * 1000 for name, value in medians.items()}, "ratio": ratio, "wanted": WANTED}
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    (folder / "dkim.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
