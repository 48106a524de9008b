"""The door for SMTP of a demonstration post office: takes letters for the people it knows and lays them in their maildirs.

Run as a script in a process of its own, with nothing of ours on its path: postman.py HOST PORT DOMAIN FOLDER.
"""

import asyncio
import os
import re
import secrets
import signal
import sys
import time
from email.utils import formatdate
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

RESULTS = re.compile(rb"^Authentication-Results:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
LARGEST = 60 * 1024 * 1024  # bytes


class Office:
    """Whoever has a maildir in `folder` lives here; aiosmtpd asks these two methods what to answer."""

    def __init__(self, domain: str, folder: Path) -> None:
        self.domain = domain
        self.folder = folder

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        local, _, domain = address.lower().rpartition("@")
        if domain != self.domain:
            return f"550 5.7.1 We take letters for {self.domain} only"
        if "/" in local or not (self.folder / local / "new").is_dir():
            return f"550 5.1.1 There is no mailbox called {address} here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        ticket = secrets.token_hex(5).upper()
        stamp = f"Return-Path: <{envelope.mail_from or ''}>\r\n{self._received(session, ticket)}".encode()
        letter = stamp + _without_results(envelope.content if isinstance(envelope.content, bytes) else b"")
        try:
            for address in {address.lower() for address in envelope.rcpt_tos}:
                await asyncio.to_thread(deliver, self.folder / address.rpartition("@")[0], letter, ticket)
        except OSError as error:
            return f"451 4.3.0 The letter cannot be kept just now: {error.strerror}"
        return f"250 2.0.0 Ok: kept as {ticket}"

    def _received(self, session: Session, ticket: str) -> str:
        peer = session.peer[0] if session.peer else "unknown"
        return (
            f"Received: from {session.host_name} ([{peer}])\r\n"
            f"\tby mx.{self.domain} with ESMTP id {ticket};\r\n\t{formatdate(localtime=False)}\r\n"
        )


def _without_results(letter: bytes) -> bytes:
    """Who checks no signatures lets no letter say that he has (RFC 8601 section 5)."""
    header, blank, body = letter.partition(b"\r\n\r\n")
    return RESULTS.sub(b"", header + b"\r\n") + blank[2:] + body


def deliver(home: Path, letter: bytes, ticket: str) -> None:
    """Into new/ as maildir wants it: whole and on disk before its name appears there."""
    name = f"{time.time():.6f}.{ticket}.{os.getpid()}"
    with (home / "tmp" / name).open("xb") as file:
        file.write(letter)
        file.flush()
        os.fsync(file.fileno())
    (home / "tmp" / name).rename(home / "new" / name)


async def serve(host: str, port: int, domain: str, folder: Path) -> None:
    office = Office(domain, folder)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)

    def answer() -> SMTP:
        return SMTP(
            office, hostname=f"mx.{domain}", ident="demonstration post office", data_size_limit=LARGEST, enable_SMTPUTF8=True
        )

    server = await loop.create_server(answer, host, port)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
