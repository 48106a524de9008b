"""The shelves of a demonstration post office: accounts and maildirs as pymap reads them, and the first letters in them."""

import secrets
import shutil
import time
from collections.abc import Iterable
from os import utime
from pathlib import Path
from string import ascii_lowercase

from pysasl.hashing import BuiltinHash

from mailbox.management.offices.facts import COLLEAGUES, PEOPLE, Facts
from mailbox.management.seeds import Seed

LETTERS = {"\\Seen": "S", "\\Answered": "R", "\\Flagged": "F", "\\Draft": "D"}  # as a maildir's file names write flags
FOLDERS = ("Sent", "Drafts", "Archive", "Junk", "Trash")
ROUNDS = 20_000  # of PBKDF2; the secrets are random, and every connection pays for them


def open_office(folder: Path, domain: str, facts: Facts) -> None:
    """Write the account files and make every maildir that is not there yet."""
    people = [address for address in PEOPLE if address.endswith(f"@{domain}")]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for local in (*COLLEAGUES[domain], *(address.partition("@")[0] for address in people)):
        make_maildir(folder / local)
    rows = [(address, address.partition("@")[0], BuiltinHash(rounds=ROUNDS).hash(facts.secrets[address])) for address in people]
    _write(folder / "pymap-etc-passwd", (f"{address}::1000:1000::{home}:" for address, home, _ in rows))
    _write(folder / "pymap-etc-shadow", (f"{address}:{digest}:::::::" for address, _, digest in rows))
    _write(folder / "pymap-etc-group", ())


def make_maildir(home: Path) -> None:
    for folder in (home, *(home / f".{name}" for name in FOLDERS)):
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder != home:
            (folder / "maildirfolder").touch()


def lay(home: Path, letters: Iterable[Seed]) -> None:
    """Fill a fresh maildir with these, oldest first, and UIDs in that order. What an interrupted try left is thrown away."""
    shutil.rmtree(home, ignore_errors=True)
    make_maildir(home)
    listed: dict[Path, list[str]] = {}
    letters = list(letters)
    labels = sorted({flag for seed in letters for flag in seed.flags} - LETTERS.keys())
    codes = LETTERS | dict(zip(labels, ascii_lowercase, strict=False))
    for number, seed in enumerate(letters, 1):
        folder = home if seed.folder == "INBOX" else home / f".{seed.folder}"
        at = seed.date.timestamp()
        path = folder / "cur" / f"{at:.0f}.seed{number}.relish:2,{''.join(sorted(codes[flag] for flag in seed.flags))}"
        path.write_bytes(seed.raw)
        utime(path, (at, at))
        lines = listed.setdefault(folder, [])
        lines.append(f"{len(lines) + 1} E(M{secrets.token_hex(16)}) T(T{secrets.token_hex(16)}) :{path.name}")
    for folder, lines in listed.items():
        head = f"3 V{int(time.time())} N{len(lines) + 1} G{secrets.token_hex(16)}"
        _write(folder / "dovecot-uidlist", [head, *lines])
        _write(folder / "dovecot-keywords", (f"{number} {label}" for number, label in enumerate(labels)))


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(0o600)
