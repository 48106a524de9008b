"""A whole SMTP server (aiosmtpd) that takes every letter and keeps its bytes and its envelope."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailbox.wire import Endpoint


@dataclass(frozen=True)
class Taken:
    return_path: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Sink:
    """`answers`: what to say to RCPT of an address instead of 250."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint("smtp+plain"))
    letters: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.letters.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        return f"250 2.0.0 queued as {len(self.letters)}"


@contextmanager
def sinking(size: int = 2**25, *, wide: bool = False) -> Iterator[Sink]:
    """`wide`: it offers SMTPUTF8 (RFC 6531)."""
    sink = Sink()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(
            lambda: SMTP(sink, hostname="mx.hamburger.edu", data_size_limit=size, loop=loop, enable_SMTPUTF8=wide), "127.0.0.1", 0
        )
    )
    sink.endpoint = Endpoint("smtp+plain", "127.0.0.1", server.sockets[0].getsockname()[1])
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    """The door, and whoever is still inside."""
    server.close()
    await server.wait_closed()
    everybody = asyncio.all_tasks() - {asyncio.current_task()}
    for task in everybody:
        task.cancel()
    await asyncio.gather(*everybody, return_exceptions=True)
    await asyncio.sleep(0)
